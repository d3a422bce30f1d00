namespace HybridControl.Cli.Training;

/// <summary>One line on the error stream that says how far trainings have come, one after another; removed when they end.</summary>
internal sealed class TrainingLine(Terminal terminal, bool shown) : IDisposable
{
    private int _written;
    private int _training;

    public void Report(int iteration, double loss)
    {
        _training += iteration == 0 || _training == 0 ? 1 : 0;
        if (shown && terminal.ShowsProgress)
        {
            string line = FormattableString.Invariant($"training {_training}, iteration {iteration}, loss {loss:F5} (Ctrl-C stops and keeps the best)");
            terminal.Error.Write($"\r{line.PadRight(_written)}");
            _written = Math.Max(_written, line.Length);
        }
    }

    public void Dispose()
    {
        if (_written > 0)
        {
            terminal.Error.Write($"\r{new string(' ', _written)}\r");
            _written = 0;
        }
    }
}
