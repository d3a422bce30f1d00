using System.Text;

namespace HybridControl.Cli;

/// <summary>A stream of the process whose faults are told apart from those of files.</summary>
/// <param name="inner">Where the text goes.</param>
/// <param name="onFault">What happens when it cannot be written.</param>
internal sealed class GuardedWriter(TextWriter inner, Action<IOException> onFault) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Guard(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Guard(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Guard(() => inner.Write(value));

    public override void WriteLine(string? value) => Guard(() => inner.WriteLine(value));

    public override void Flush() => Guard(inner.Flush);

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (IOException fault)
        {
            onFault(fault);
        }
    }
}
