using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>Saves and restores what a stack remembers, as safetensors: a tensor for each slot, positions in the metadata.</summary>
/// <remarks>Numbers are kept in the precision of the back-end, so that a restored state goes on identically; another back-end may take it up.</remarks>
public static class SequenceStateFile
{
    private const string Format = "hybridcontrol.sequence-state.1";
    private const string FormatNote = "format";
    private const string StreamsNote = "streams";
    private const string PositionsNote = "positions";

    /// <summary>Writes a state to a file, whole or not at all.</summary>
    public static void Save(SequenceState state, string path) => Writer(state).Save(path);

    /// <summary>Writes a state.</summary>
    public static void Save(SequenceState state, Stream target) => Writer(state).Write(target);

    /// <summary>Reads a state from a file.</summary>
    /// <exception cref="ModelException">It cannot be read, or belongs to another stack; carries every finding.</exception>
    public static SequenceState Load(string path, LayerStack stack)
    {
        using var file = SafetensorsFile.Load(path);
        return Load(file, stack, path);
    }

    /// <summary>Reads a state.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="stack">The stack that it belongs to.</param>
    /// <param name="where">What findings call it.</param>
    /// <exception cref="ModelException">It belongs to another stack; carries every finding.</exception>
    public static SequenceState Load(ReadOnlyMemory<byte> bytes, LayerStack stack, string where) =>
        Load(SafetensorsFile.Parse(bytes, where), stack, where);

    private static SafetensorsWriter Writer(SequenceState state)
    {
        var writer = new SafetensorsWriter();
        writer.Note(FormatNote, Format);
        writer.Note(StreamsNote, Text(state.Streams));
        writer.Note(PositionsNote, string.Join(',', Enumerable.Range(0, state.Streams).Select(s => Text(state.PositionOf(s)))));
        for (int i = 0; i < state.Layout.Slots.Count; i++)
        {
            StateSlot slot = state.Layout.Slots[i];
            if (!slot.IsCache)
            {
                Add(writer, state, slot.Name, state.BufferOf(i));
                continue;
            }

            KeyValueCache cache = state.CacheOf(i);
            for (int s = 0; s < state.Streams; s++)
            {
                int count = cache.CountOf(s);
                Add(writer, state, KeysName(slot, s), cache.Keys.RowsAt(s * cache.Capacity, count));
                Add(writer, state, ValuesName(slot, s), cache.Values.RowsAt(s * cache.Capacity, count));
                writer.Note(DroppedName(slot, s), Text(cache.DroppedOf(s)));
            }
        }

        return writer;
    }

    private static void Add(SafetensorsWriter writer, SequenceState state, string name, TensorView view)
    {
        if (state.Backend.Precision == Precision.Single)
        {
            var values = new float[view.Count];
            state.Backend.Download(view, values);
            writer.Add(name, [view.Rows, view.Columns], values);
        }
        else
        {
            var values = new double[view.Count];
            state.Backend.Download(view, values);
            writer.Add(name, [view.Rows, view.Columns], values);
        }
    }

    private static SequenceState Load(SafetensorsFile file, LayerStack stack, string where)
    {
        var findings = new FindingList();
        long[] positions = Positions(file, where, findings);
        if (file.Metadata.GetValueOrDefault(FormatNote) != Format)
        {
            findings.Error(where, "it is not the state of a sequence", $"Its note 'format' must be '{Format}'.");
        }

        StateSlot[] slots = [.. stack.StateLayout.Slots];
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (StateSlot slot in slots)
        {
            if (!slot.IsCache)
            {
                CheckTensor(file, where, slot.Name, positions.Length, slot.Columns, findings, expected);
                continue;
            }

            for (int s = 0; s < positions.Length; s++)
            {
                int count = (int)Math.Min(file.Find(KeysName(slot, s))?.Shape.FirstOrDefault() ?? 0, int.MaxValue);
                CheckTensor(file, where, KeysName(slot, s), count, slot.Columns, findings, expected);
                CheckTensor(file, where, ValuesName(slot, s), count, slot.ValueColumns, findings, expected);
                CheckDropped(file, where, slot, s, count, positions[s], findings);
            }
        }

        foreach (SafetensorsEntry tensor in file.Tensors.Where(tensor => !expected.Contains(tensor.Name)))
        {
            findings.Error($"{where}, {tensor.Name}", "the stack has no such memory", "The state belongs to another stack.");
        }

        return findings.Count == 0 ? Fill(file, stack, positions) : throw new ModelException(findings.ToImmutable());
    }

    private static SequenceState Fill(SafetensorsFile file, LayerStack stack, long[] positions)
    {
        SequenceState state = stack.NewState(positions.Length);
        for (int i = 0; i < state.Layout.Slots.Count; i++)
        {
            StateSlot slot = state.Layout.Slots[i];
            if (!slot.IsCache)
            {
                state.Backend.Upload(Read(file, slot.Name), state.BufferOf(i));
                continue;
            }

            for (int s = 0; s < positions.Length; s++)
            {
                state.CacheOf(i).Restore(s, Read(file, KeysName(slot, s)), Read(file, ValuesName(slot, s)), Dropped(file, slot, s) ?? 0);
            }
        }

        for (int s = 0; s < positions.Length; s++)
        {
            state.Restore(s, positions[s]);
        }

        return state;
    }

    private static double[] Read(SafetensorsFile file, string name)
    {
        SafetensorsEntry tensor = file.Find(name)!;
        var values = new double[tensor.Count];
        file.CopyTo(tensor, values);
        return values;
    }

    private static long[] Positions(SafetensorsFile file, string where, FindingList findings)
    {
        string[] texts = (file.Metadata.GetValueOrDefault(PositionsNote) ?? "").Split(',');
        long[] positions = [.. texts.Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : -1)];
        if (positions.Any(position => position < 0) || file.Metadata.GetValueOrDefault(StreamsNote) != Text(positions.Length))
        {
            findings.Error(where, "its notes do not give a position from 0 on for each stream", "The file is damaged, or not the state of a sequence.");
        }

        return positions;
    }

    private static void CheckTensor(
        SafetensorsFile file, string where, string name, int rows, int columns, FindingList findings, HashSet<string> expected)
    {
        expected.Add(name);
        SafetensorsEntry? tensor = file.Find(name);
        if (tensor is null)
        {
            findings.Error($"{where}, {name}", $"there is no such tensor; one of {rows} x {columns} is expected", "The state belongs to another stack.");
        }
        else if (tensor.Shape is not [var r, var c] || r != rows || c != columns)
        {
            findings.Error(
                $"{where}, {name}", $"its shape is {string.Join(" x ", tensor.Shape)}; {rows} x {columns} is expected", "The state belongs to another stack.");
        }
    }

    private static void CheckDropped(SafetensorsFile file, string where, StateSlot slot, int stream, int count, long position, FindingList findings)
    {
        if (Dropped(file, slot, stream) is not { } dropped || dropped < 0 || dropped + count > position || (dropped > 0 && slot.Window == 0))
        {
            findings.Error(
                $"{where}, {DroppedName(slot, stream)}", $"it does not fit {count} keys at position {position}", "The file is damaged.");
        }
    }

    private static long? Dropped(SafetensorsFile file, StateSlot slot, int stream) =>
        long.TryParse(file.Metadata.GetValueOrDefault(DroppedName(slot, stream)), NumberStyles.None, CultureInfo.InvariantCulture, out long dropped) ? dropped : null;

    private static string KeysName(StateSlot slot, int stream) => $"{slot.Name}.keys.{Text(stream)}";

    private static string ValuesName(StateSlot slot, int stream) => $"{slot.Name}.values.{Text(stream)}";

    private static string DroppedName(StateSlot slot, int stream) => $"{slot.Name}.dropped.{Text(stream)}";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
