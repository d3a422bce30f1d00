namespace HybridControl.Cli.SequenceModels;

/// <summary>One line on the error stream that says how many tokens are done; removed at the end.</summary>
internal sealed class TokenLine(Terminal terminal, bool shown) : IProgress<int>, IDisposable
{
    private readonly StatusLine _line = new(terminal);

    public void Report(int value)
    {
        if (shown && terminal.ShowsProgress)
        {
            _line.Write(FormattableString.Invariant($"{value} tokens (Ctrl-C stops)"));
        }
    }

    public void Dispose() => _line.Dispose();
}
