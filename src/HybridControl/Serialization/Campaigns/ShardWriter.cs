using System.Runtime.ExceptionServices;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Serialization.Campaigns;

/// <summary>Stores the blocks of one call of a back-end as shards, each of which appears whole or not at all.</summary>
/// <param name="folder">Folder of the shards.</param>
/// <param name="layout">The columns.</param>
/// <param name="origin">Hash of the manifest.</param>
/// <param name="shardBlocks">Blocks of a shard.</param>
/// <param name="end">Number of the block behind the last of the call.</param>
internal sealed class ShardWriter(string folder, EnsembleLayout layout, byte[] origin, int shardBlocks, long end) : IDisposable
{
    private DurableFile? _file;
    private BlockFileWriter? _writer;
    private long _first;
    private ExceptionDispatchInfo? _fault;

    /// <summary>Whether a block could not be stored; nothing is stored after it.</summary>
    public bool HasFailed => _fault is not null;

    /// <summary>Stores a block. A fault is kept, not thrown, so that it need not travel through a back-end.</summary>
    /// <returns>Whether it is stored.</returns>
    public bool TryAdd(EnsembleBlock block)
    {
        if (HasFailed)
        {
            return false;
        }

        try
        {
            Add(block);
            return true;
        }
        catch (Exception fault)
        {
            _fault = ExceptionDispatchInfo.Capture(DurableFile.IsWriteFault(fault) ? DurableFile.Refusal(folder, fault) : fault);
            return false;
        }
    }

    /// <summary>Closes a shard that was begun, however short, unless storing failed.</summary>
    public void Finish()
    {
        if (_fault is null && _writer is not null)
        {
            Publish();
        }
    }

    /// <summary>Throws what kept a block from being stored.</summary>
    /// <exception cref="ModelException">The device is full, or the folder cannot be written.</exception>
    public void ThrowIfFailed() => _fault?.Throw();

    public void Dispose() => Close();

    private void Add(EnsembleBlock block)
    {
        if (_writer is null)
        {
            _file = DurableFile.Create(folder);
            _writer = new BlockFileWriter(_file.Stream, layout, origin);
            _first = block.Number;
        }

        _writer.Add(block);
        if ((block.Number + 1) % shardBlocks == 0 || block.Number + 1 == end)
        {
            Publish();
        }
    }

    private void Publish()
    {
        try
        {
            _writer!.Complete();
            _file!.Publish(ShardCatalog.NameOf(new(_first, _writer.Count)));
        }
        catch (Exception fault) when (DurableFile.IsWriteFault(fault))
        {
            throw DurableFile.Refusal(folder, fault);
        }
        finally
        {
            Close();
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
        _writer = null;
    }
}
