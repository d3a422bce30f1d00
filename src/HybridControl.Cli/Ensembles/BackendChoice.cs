using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Cli.Ensembles;

/// <summary>What an ensemble runs on, and why.</summary>
/// <param name="Kind">One of <see cref="Kinds"/> without auto.</param>
/// <param name="Backend">The back-end.</param>
/// <param name="Why">Why this one, as a sentence without a full stop.</param>
internal sealed record BackendChoice(string Kind, IEnsembleBackend Backend, string Why) : IDisposable
{
    /// <summary>The words of <c>--on</c>.</summary>
    public static readonly string[] Kinds = ["auto", "cpu", "gpu", "simulator"];

    /// <summary>Chooses.</summary>
    /// <param name="kind">What was asked for.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="threads">Threads of the processor; zero for all.</param>
    /// <exception cref="ModelException">What was asked for cannot run the plan; all findings.</exception>
    public static BackendChoice Choose(string kind, EnsemblePlan plan, int threads)
    {
        var simulator = new BackendChoice("simulator", new SimulatorEnsembleBackend(threads), kind == "auto" ? "nothing faster is there" : "as asked");
        return simulator.Checked(plan);
    }

    public void Dispose() => (Backend as IDisposable)?.Dispose();

    private BackendChoice Checked(EnsemblePlan plan)
    {
        ImmutableArray<Finding> findings = Backend.Check(plan);
        if (findings.Any(finding => finding.Severity == Severity.Error))
        {
            Dispose();
            throw new ModelException(findings);
        }

        return this;
    }
}
