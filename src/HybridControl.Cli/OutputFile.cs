using HybridControl.Diagnostics;

namespace HybridControl.Cli;

/// <summary>Checks the names of files to be written before a run, so that no long run ends in vain or overwrites its own files.</summary>
internal static class OutputFile
{
    /// <exception cref="UsageException">The extension is none of those that can be written.</exception>
    /// <exception cref="ModelException">The folder is missing.</exception>
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

        CheckFolder(option, path);
    }

    /// <summary>Checks the folder of a file of any name.</summary>
    /// <exception cref="ModelException">The folder is missing, or the name is that of a folder.</exception>
    public static void CheckFolder(string option, string path)
    {
        if (Directory.Exists(path))
        {
            throw new ModelException(option, $"'{path}' is a folder", "Name a file.");
        }

        string? folder = Path.GetDirectoryName(path);
        if (!string.IsNullOrEmpty(folder) && !Directory.Exists(folder))
        {
            throw new ModelException(option, $"the folder '{folder}' does not exist", "Create it first.");
        }
    }

    /// <summary>Checks that no file is named twice.</summary>
    /// <exception cref="UsageException">Two of the paths are one file.</exception>
    public static void CheckDistinct(params ReadOnlySpan<(string Name, string? Path)> files)
    {
        var taken = new Dictionary<string, string>(
            OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach ((string name, string? path) in files)
        {
            if (path is not null && !taken.TryAdd(Path.GetFullPath(path), name))
            {
                throw new UsageException(name, $"'{path}' is the file of {taken[Path.GetFullPath(path)]} as well", "Name another file.");
            }
        }
    }

    /// <summary>Whether a path ends in an extension.</summary>
    public static bool Has(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
