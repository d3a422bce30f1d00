using System.Buffers.Binary;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Serialization;

/// <summary>The state of a run in a file, with everything that was recorded: the run goes on from there to the same bits.</summary>
/// <remarks>
/// <para>
/// Holds a fingerprint of the model, the options, the commands and the sampled blocks, and is refused by a run that differs in any of
/// them, with all that differs. The state of a sampled block is part of it; the block itself must be what it was, of which its type
/// and its public properties are compared. A model with C# delegates has no checkpoints. Equal bits are promised for the same build
/// of the library on the same kind of processor. Immutable and thread-safe.
/// </para>
/// <code>
/// 8 magic "HCRUN\r\n\x1A" | 4 version | 4 zero | 8 bytes of the content | content | 8 CRC-64 of all before
/// content: model, mode, t, j | fingerprint | 4 bytes of the state | state of the run
/// </code>
/// <para>Little-endian. A file is written beside its name, flushed to the device and renamed: at any moment there is a whole one or none.</para>
/// </remarks>
public sealed class RunCheckpoint
{
    private const int Version = 1;
    private const int HeaderBytes = 24;
    private const int CheckBytes = 8;

    private readonly byte[] _state;
    private readonly string _source;
    private RunFingerprint _fingerprint;
    private string _model;
    private string _mode;

    private RunCheckpoint(StateArchive archive, string source)
    {
        (_source, _model, _mode, _fingerprint) = (source, "", "", null!);
        ExchangeSummary(archive);
        _state = archive.Exchange(Array.Empty<byte>());
        if (archive.Remaining > 0)
        {
            throw StateArchive.Damage("something follows its content");
        }
    }

    private RunCheckpoint(RunSnapshot snapshot, RunFingerprint fingerprint)
    {
        _source = "checkpoint";
        _model = snapshot.Scenario.Model.Name;
        _mode = snapshot.Mode;
        Time = snapshot.Time;
        JumpIndex = snapshot.JumpIndex;
        _fingerprint = fingerprint;
        _state = snapshot.ToWhole().Bytes.ToArray();
    }

    private static ReadOnlySpan<byte> Magic => "HCRUN\r\n\x1A"u8;

    /// <summary>Time reached, in seconds.</summary>
    public double Time { get; private set; }

    /// <summary>Jump index j.</summary>
    public int JumpIndex { get; private set; }

    /// <summary>Name of the active mode.</summary>
    public string Mode => _mode;

    /// <summary>Name of the model.</summary>
    public string Model => _model;

    /// <summary>A checkpoint of a snapshot.</summary>
    /// <exception cref="ModelException">The model or the options hold a C# delegate; or the run has ended.</exception>
    public static RunCheckpoint From(RunSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return From(snapshot, RunFingerprint.Of(snapshot.Scenario, snapshot.Options));
    }

    /// <summary>Reads a checkpoint file.</summary>
    /// <exception cref="ModelException">The file cannot be read, is no checkpoint, is damaged, cut short, or of a newer version.</exception>
    public static RunCheckpoint Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> header = stackalloc byte[HeaderBytes];
            int read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            CheckHeader(header[..read], file.Length, path);
            bytes = new byte[file.Length];
            header[..read].CopyTo(bytes);
            file.ReadExactly(bytes.AsSpan(read));
        }
        catch (EndOfStreamException)
        {
            throw Damaged(path, "it became shorter while it was read");
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw fault is FileNotFoundException or DirectoryNotFoundException
                ? new ModelException(path, "there is no such file", "Name a file that a run with checkpoints wrote.")
                : DurableFile.Unreadable(path, fault);
        }

        return Read(bytes, path);
    }

    /// <summary>Reads a checkpoint from the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ModelException">The bytes are no checkpoint, damaged, cut short, or of a newer version; nothing else is thrown.</exception>
    public static RunCheckpoint Read(byte[] bytes, string name = "checkpoint")
    {
        ArgumentNullException.ThrowIfNull(bytes);
        CheckHeader(bytes.AsSpan(0, Math.Min(HeaderBytes, bytes.Length)), bytes.Length, name);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(bytes.Length - CheckBytes)) != Crc64.Of(bytes.AsSpan(0, bytes.Length - CheckBytes)))
        {
            throw Damaged(name, "its checksum does not fit its content");
        }

        try
        {
            return new(StateArchive.Reader(bytes[HeaderBytes..^CheckBytes]), name);
        }
        catch (InvalidDataException fault)
        {
            throw Damaged(name, fault.Message);
        }
    }

    /// <summary>Writes a checkpoint file; one that exists is replaced, in one go.</summary>
    /// <exception cref="ModelException">The file cannot be written; one that was there before is as it was.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] bytes = ToBytes();
        DurableFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>The bytes of a checkpoint file.</summary>
    public byte[] ToBytes()
    {
        var archive = StateArchive.Writer(shares: false);
        ExchangeSummary(archive);
        archive.Exchange(_state);
        ReadOnlySpan<byte> content = archive.Bytes;
        byte[] bytes = new byte[HeaderBytes + content.Length + CheckBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), content.Length);
        content.CopyTo(bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - CheckBytes), Crc64.Of(bytes.AsSpan(0, bytes.Length - CheckBytes)));
        return bytes;
    }

    /// <summary>Goes on with the run from here.</summary>
    /// <param name="scenario">What was running.</param>
    /// <param name="options">The options of that run; progress, snapshots and the limit of steps may differ.</param>
    /// <exception cref="ModelException">The checkpoint is of another model, of other options or blocks, with everything that differs; or it is damaged.</exception>
    public SimulationRun Resume(Scenario scenario, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        options ??= new SimulationOptions();
        RunEngine engine = scenario.CreateEngine(options);
        IReadOnlyCollection<Finding> findings = RunFingerprint.Of(scenario, options).Differences(_fingerprint, _source);
        if (findings.Count > 0)
        {
            throw new ModelException(findings);
        }

        try
        {
            var archive = StateArchive.Reader(_state);
            engine.Exchange(archive);
            if (archive.Remaining > 0)
            {
                throw StateArchive.Damage($"{archive.Remaining} bytes follow the state");
            }
        }
        catch (InvalidDataException fault)
        {
            throw Damaged(_source, fault.Message);
        }

        return new(scenario, options, engine);
    }

    internal static RunCheckpoint From(RunSnapshot snapshot, RunFingerprint fingerprint) => snapshot.Status == RunStatus.Completed
        ? new(snapshot, fingerprint)
        : throw new ModelException("checkpoint", FormattableString.Invariant($"the run has ended at t = {snapshot.Time:R} s ({snapshot.Status})"),
            "Take checkpoints while it can go on.");

    private static void CheckHeader(ReadOnlySpan<byte> header, long length, string name)
    {
        if (!header[..Math.Min(header.Length, Magic.Length)].SequenceEqual(Magic))
        {
            throw new ModelException(name, "this is no checkpoint of a run", "Name a file that a run with checkpoints wrote.");
        }

        if (header.Length < HeaderBytes)
        {
            throw Damaged(name, "it is cut short");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != Version)
        {
            throw new ModelException(name, FormattableString.Invariant($"the checkpoint has format {version}, this library reads {Version}"),
                "Resume it with the version that wrote it.");
        }

        long content = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        if (content < 0 || content != length - HeaderBytes - CheckBytes || length > Array.MaxLength)
        {
            throw Damaged(name, FormattableString.Invariant($"it has {length} bytes and announces {content} of content: it was cut short, or something was added"));
        }
    }

    private static ModelException Damaged(string name, string what) =>
        new(name, $"the checkpoint is damaged: {what}", "Use another one, or start the run anew.");

    private void ExchangeSummary(StateArchive archive)
    {
        archive.Exchange(ref _model);
        archive.Exchange(ref _mode);
        Time = archive.Exchange(Time);
        JumpIndex = archive.Exchange(JumpIndex);
        RunFingerprint.Exchange(archive, ref _fingerprint);
    }
}
