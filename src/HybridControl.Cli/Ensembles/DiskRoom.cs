namespace HybridControl.Cli.Ensembles;

/// <summary>Refuses before a run what would not fit on its device after it.</summary>
internal static class DiskRoom
{
    /// <exception cref="UsageException">There is less room than needed.</exception>
    public static void Require(string option, string path, double bytes)
    {
        if (Free(path) is { } free && bytes > free)
        {
            throw new UsageException(option, FormattableString.Invariant(
                $"about {bytes / (1L << 30):0.#} GiB are needed at '{path}', where {free / (1L << 30):0.#} GiB are free"),
                "Record less, run fewer trajectories, or choose another place.");
        }
    }

    private static double? Free(string path)
    {
        try
        {
            string full = Path.GetFullPath(path);
            DriveInfo? drive = DriveInfo.GetDrives()
                .Where(drive => full.StartsWith(FolderOf(drive), StringComparison.Ordinal))
                .OrderByDescending(drive => drive.RootDirectory.FullName.Length)
                .FirstOrDefault();
            return drive is { IsReady: true } ? drive.AvailableFreeSpace : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // Unknown: the run itself will tell.
        }
    }

    // With a separator at its end: /mnt/data is not where /mnt/database lies.
    private static string FolderOf(DriveInfo drive) =>
        drive.RootDirectory.FullName.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
}
