namespace HybridControl.Cli;

/// <summary>Checks the names of files to be written before a run, so that no long run ends with a misspelt name.</summary>
internal static class OutputFile
{
    /// <exception cref="UsageException">The extension is none of those that can be written, or the folder is missing.</exception>
    public static void Check(string option, string? path, params ReadOnlySpan<string> extensions)
    {
        if (path is null)
        {
            return;
        }

        string known = string.Join(" or ", extensions);
        bool fits = false;
        foreach (string extension in extensions)
        {
            fits |= Has(path, extension);
        }

        if (!fits)
        {
            throw new UsageException(option, $"'{path}' does not end in {known}", $"Name a {known} file.");
        }

        string? folder = Path.GetDirectoryName(path);
        if (!string.IsNullOrEmpty(folder) && !Directory.Exists(folder))
        {
            throw new UsageException(option, $"the folder '{folder}' does not exist", "Create it first.");
        }
    }

    /// <summary>Whether a path ends in an extension.</summary>
    public static bool Has(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
