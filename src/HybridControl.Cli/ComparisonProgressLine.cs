using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary>One line on the error stream that says which solver runs; removed when the comparison ends.</summary>
internal sealed class ComparisonProgressLine(Terminal terminal, bool isShown) : IProgress<SolverComparisonProgress>, IDisposable
{
    private readonly StatusLine _line = new(terminal);

    public void Report(SolverComparisonProgress value)
    {
        if (isShown && terminal.ShowsProgress)
        {
            _line.Write(FormattableString.Invariant($"{value.Solver} at {value.Tolerance:G3}, run {value.Done + 1} of {value.Total} (Ctrl-C stops)"));
        }
    }

    public void Dispose() => _line.Dispose();
}
