using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary>One line on the error stream that says which solver runs; removed when the comparison ends.</summary>
internal sealed class ComparisonProgressLine(Terminal terminal, bool isShown) : IProgress<SolverComparisonProgress>, IDisposable
{
    private int _written;

    public void Report(SolverComparisonProgress value)
    {
        if (isShown && terminal.ShowsProgress)
        {
            string line = FormattableString.Invariant($"{value.Solver} at {value.Tolerance:G3}, run {value.Done + 1} of {value.Total} (Ctrl-C stops)");
            terminal.Error.Write($"\r{line.PadRight(_written)}");
            _written = Math.Max(_written, line.Length);
        }
    }

    public void Dispose()
    {
        if (_written > 0)
        {
            terminal.Error.Write($"\r{new string(' ', _written)}\r");
        }
    }
}
