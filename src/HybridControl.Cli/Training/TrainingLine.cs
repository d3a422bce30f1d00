namespace HybridControl.Cli.Training;

/// <summary>One line on the error stream that says how far trainings have come, one after another; removed when they end.</summary>
internal sealed class TrainingLine(Terminal terminal, bool shown) : IDisposable
{
    private readonly StatusLine _line = new(terminal);
    private int _training;

    public void Report(int iteration, double loss)
    {
        _training += iteration == 0 || _training == 0 ? 1 : 0;
        if (shown && terminal.ShowsProgress)
        {
            _line.Write(FormattableString.Invariant($"training {_training}, iteration {iteration}, loss {loss:F5} (Ctrl-C stops and keeps the best)"));
        }
    }

    public void Dispose() => _line.Dispose();
}
