namespace HybridControl.Cli;

/// <summary>One line on the error stream that is written over, and removed at the end.</summary>
internal sealed class StatusLine(Terminal terminal) : IDisposable
{
    private int _written;

    /// <summary>Writes over the line.</summary>
    public void Write(string line)
    {
        terminal.Error.Write($"\r{line.PadRight(_written)}");
        _written = Math.Max(_written, line.Length);
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
