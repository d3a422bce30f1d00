using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace HybridControl.Neural.Safetensors;

/// <summary>A file mapped into memory: its pages are read when they are first touched, and shared with other processes.</summary>
/// <remarks>
/// A mapping that nobody disposes stays until the process ends rather than vanish below a span that is still in use.
/// Thread-safe.
/// </remarks>
internal sealed unsafe class MappedBytes : FileBytes
{
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _begin;
    private int _disposals;

    /// <summary>Maps a file that is not empty.</summary>
    /// <exception cref="Exception">What file systems throw.</exception>
    public MappedBytes(string path)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            Length = RandomAccess.GetLength(_file);
            _map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _begin);
            _begin += _view.PointerOffset;
        }
        catch
        {
            _view?.Dispose();
            _map?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Present => RandomAccess.GetLength(_file);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Slice(long begin, int count)
    {
        ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
        CheckRange(begin, count);
        return new(_begin + begin, count);
    }

    /// <inheritdoc/>
    public override void Acquire()
    {
        byte* again = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref again);
    }

    /// <inheritdoc/>
    public override void Release() => _view.SafeMemoryMappedViewHandle.ReleasePointer();

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Interlocked.Increment(ref _disposals) == 1)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _map.Dispose();
            _file.Dispose();
        }
    }
}
