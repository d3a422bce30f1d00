using HybridControl.Diagnostics;

namespace HybridControl.Ensembles.Falsification;

/// <summary>Searches for a run that violates a requirement: the least robustness over everything that may be chosen.</summary>
/// <remarks>
/// Robustness guides the search: smaller is closer to a violation. G. E. Fainekos and G. J. Pappas, Theor. Comput. Sci. 410 (2009). Not
/// finding a violation proves nothing. Same problem and options give the same result, whatever the threads.
/// </remarks>
public static class Falsifier
{
    /// <summary>Searches.</summary>
    /// <param name="problem">What is to be violated, and by what.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Ends the search early; the worst run so far is returned.</param>
    /// <returns>The worst run, also if it violates nothing.</returns>
    /// <exception cref="ModelException">The problem or the options have errors; every finding at once.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was a run.</exception>
    public static FalsificationResult Run(FalsificationProblem problem, FalsificationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        options ??= new();
        problem.ThrowIfUnfit();
        if (options.Budget < 1 || options.Threads < 0)
        {
            throw new ModelException("options", FormattableString.Invariant($"a budget of {options.Budget} runs on {options.Threads} threads"), "Allow at least one run.");
        }

        var search = new FalsificationSearch(problem, options, cancellation);
        if (options.Method == FalsificationMethod.NelderMead)
        {
            NelderMeadSearch.Run(search, problem.Dimensions, options.Seed);
        }
        else
        {
            CmaEsSearch.Run(search, problem.Dimensions, options.Seed);
        }

        return search.Result();
    }
}
