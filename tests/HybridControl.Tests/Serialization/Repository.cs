namespace HybridControl.Tests.Serialization;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Models => Directory.EnumerateFiles(Path.Combine(Root, "models"), "*.json").Order(StringComparer.Ordinal);

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HybridControl.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("HybridControl.sln is in no folder above the tests.");
    }
}
