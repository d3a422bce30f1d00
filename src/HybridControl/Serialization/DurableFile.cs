using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization;

/// <summary>A file that appears under its name whole or not at all: written beside it, flushed to the device, then renamed.</summary>
/// <remarks>
/// The temporary file is locked while it is written, so that whoever clears leftovers can tell one that is being
/// written from one whose writer has died. Not thread-safe; any number of processes may write the same name, and the last
/// rename wins.
/// </remarks>
internal sealed partial class DurableFile : IDisposable
{
    /// <summary>How the names of temporary files end.</summary>
    public const string TemporaryEnding = ".tmp";

    private static readonly TimeSpan AgeOfLeftovers = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AgeOfForeignLeftovers = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _published;

    private DurableFile(string folder, string temporary, FileStream stream)
    {
        _folder = folder;
        _temporary = temporary;
        _stream = stream;
    }

    /// <summary>Where the content is written.</summary>
    public Stream Stream => _stream;

    /// <summary>Begins a file in a folder.</summary>
    /// <exception cref="ModelException">No file can be created there.</exception>
    public static DurableFile Create(string folder)
    {
        string temporary = Path.Combine(folder, $".{HostName}-{Environment.ProcessId}-{Guid.NewGuid():N}{TemporaryEnding}");
        try
        {
            return new(folder, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16));
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw Refusal(folder, fault);
        }
    }

    /// <summary>Writes a whole file.</summary>
    /// <exception cref="ModelException">It cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        using DurableFile file = Create(Path.GetDirectoryName(full)!);
        try
        {
            write(file.Stream);
        }
        catch (Exception fault) when (IsWriteFault(fault))
        {
            throw Refusal(path, fault);
        }

        file.Publish(Path.GetFileName(full));
    }

    /// <summary>Makes what was written durable and gives it its name.</summary>
    /// <param name="name">Name within the folder.</param>
    /// <param name="replaces">Whether a file of that name is replaced; if not, it stays.</param>
    /// <returns>Whether this file now has the name.</returns>
    /// <exception cref="ModelException">The device is full, or the name cannot be given.</exception>
    public bool Publish(string name, bool replaces = true)
    {
        string path = Path.Combine(_folder, name);
        try
        {
            // Closed first, or whoever looks at the new name at once would find it locked. Nobody takes the file for a leftover
            // meanwhile: it was written just now, and its writer lives.
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_temporary, path, replaces);
            _published = true;
        }
        catch (IOException) when (!replaces && File.Exists(path))
        {
            return false;
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw Refusal(path, fault);
        }

        SyncFolder(_folder);
        return true;
    }

    /// <summary>Closes the file, and removes it unless it was given a name.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // A full device: the fault was reported where the content was written.
        }

        if (!_published)
        {
            TryDelete(_temporary);
        }
    }

    /// <summary>Removes temporary files whose writers have died: unlocked ones of dead processes of this machine, and of other machines after a day.</summary>
    /// <returns>How many were removed.</returns>
    public static int RemoveLeftovers(string folder)
    {
        int removed = 0;
        foreach (string path in Directory.EnumerateFiles(folder, $".*{TemporaryEnding}"))
        {
            TimeSpan age = DateTime.UtcNow - File.GetLastWriteTimeUtc(path);
            if ((age > AgeOfForeignLeftovers || (IsOfThisMachine(path, out int writer) && (age > AgeOfLeftovers || !IsAlive(writer)))) &&
                !IsLocked(path) && TryDelete(path))
            {
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Whether an exception is one that file systems throw.</summary>
    public static bool IsFault(Exception fault) => fault is IOException or UnauthorizedAccessException or ArgumentException
        or NotSupportedException or System.Security.SecurityException;

    /// <summary>Whether an exception is one that writing to an open file throws; the runtime reports a limit on the size of files as an argument.</summary>
    public static bool IsWriteFault(Exception fault) => fault is IOException or ArgumentOutOfRangeException;

    /// <summary>A fault while reading as a finding.</summary>
    public static ModelException Unreadable(string path, Exception fault) =>
        new(path, $"the file cannot be read: {FirstLine(fault)}", "Check its permissions.");

    /// <summary>A fault while writing as a finding.</summary>
    public static ModelException Refusal(string path, Exception fault)
    {
        const int noSpace = 28; // ENOSPC of Linux and macOS
        const int diskFull = 0x70; // ERROR_DISK_FULL of Windows
        const int errnoMask = 0xFFFF;
        int code = fault.HResult & errnoMask;
        bool full = fault is ArgumentOutOfRangeException ||
            (fault is IOException && code == (OperatingSystem.IsWindows() ? diskFull : noSpace));
        return fault is DirectoryNotFoundException
            ? new(path, "the directory does not exist", "Create it first.")
            : full
            ? new(path, "the device is full", "Make room and start the same command again, or choose another place.")
            : new(path, $"the file cannot be written: {FirstLine(fault)}",
                "Check the permissions and that the device is there, or choose another path.");
    }

    private static string FirstLine(Exception fault) => fault.Message.Split('\n')[0].TrimEnd('\r', '.');

    private static string HostName { get; } = string.Concat(Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static bool IsOfThisMachine(string path, out int writer)
    {
        writer = 0;
        string[] parts = Path.GetFileName(path).Split('-');
        return parts is [var host, var process, _] && host == $".{HostName}" &&
            int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out writer);
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsLocked(string path)
    {
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None);
            return false;
        }
        catch (Exception fault) when (IsFault(fault))
        {
            return true;
        }
    }

    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception fault) when (IsFault(fault))
        {
            return false;
        }
    }

    // A rename is durable once the folder is; where a folder cannot be synchronised, the file system looks after itself.
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const int readOnly = 0;
        int handle = Open(folder, readOnly);
        if (handle >= 0)
        {
            _ = Synchronise(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Synchronise(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
