using System.Text;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization;

/// <summary>Writes text files; a path that cannot be written is a finding, not a crash.</summary>
internal static class TextFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void Write(string path, string text) => Write(path, writer => writer.Write(text));

    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void Write(string path, Action<TextWriter> write)
    {
        try
        {
            using var writer = new StreamWriter(path, append: false, Utf8) { NewLine = "\n" };
            write(writer);
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw DurableFile.Refusal(path, fault);
        }
    }
}
