namespace HybridControl.Neural.Tests.TestKit;

/// <summary>A folder that goes when the test does.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("neural").FullName;

    /// <summary>The path of a file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Names of the files in it.</summary>
    public IEnumerable<string?> Names => Directory.EnumerateFileSystemEntries(Path).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
