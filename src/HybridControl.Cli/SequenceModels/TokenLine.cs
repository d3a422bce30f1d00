namespace HybridControl.Cli.SequenceModels;

/// <summary>One line on the error stream that says how many tokens are done; removed at the end.</summary>
internal sealed class TokenLine(Terminal terminal, bool shown) : IProgress<int>, IDisposable
{
    private int _written;

    public void Report(int value)
    {
        if (shown && terminal.ShowsProgress)
        {
            string line = FormattableString.Invariant($"{value} tokens (Ctrl-C stops)");
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
