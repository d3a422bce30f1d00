using System.Globalization;
using HybridControl.Neural.Backends;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Compares a stack on a back-end with the golden vectors of a language model.</summary>
public sealed class GoldenStack : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly GoldenCase _case;
    private readonly LayerStack _stack;
    private readonly int[] _ids;
    private readonly int _streams;
    private readonly int _length;
    private readonly int _prefill;

    /// <summary>Loads the model of a case.</summary>
    public GoldenStack(string name, ITensorBackend backend)
    {
        _case = new(name);
        _stack = HuggingFaceModel.Load(_case.Folder, backend);
        _ids = _case.ReadIntegers("input_ids");
        int[] shape = _case.ShapeOf("input_ids");
        (_streams, _length) = (shape[0], shape[1]);
        _prefill = _case.Meta.GetProperty("prefill_len").GetInt32();
    }

    /// <summary>Names of the language models among the cases.</summary>
    public static IEnumerable<string> Names => GoldenCase.All(golden => golden.Has("input_ids"));

    /// <summary>The stack.</summary>
    public LayerStack Stack => _stack;

    /// <summary>The whole sequence at once: logits, and what goes into every layer.</summary>
    public void CheckFull()
    {
        var trace = new HiddenTrace(name => name.EndsWith(".input", StringComparison.Ordinal) || name == "norm.output");
        using SequenceState state = _stack.NewState(_streams);
        double[] logits = Scan(state, 0, _length, new ScanOptions { Observer = trace });
        Assert.That(GoldenCase.Misfit(logits, _case.Read("logits_full"), Tolerance), Is.LessThanOrEqualTo(1.0), "logits");

        // The published code of Mamba notes the output of each layer, all other code the input.
        int first = _case.Config.GetProperty("model_type").GetString() is "mamba" or "mamba2" ? 1 : 0;
        for (int i = first; i < _stack.Layers.Length; i++)
        {
            string golden = string.Create(CultureInfo.InvariantCulture, $"hidden.{i - first}");
            Assert.That(_case.Has(golden), golden);
            double[] seen = Joined(trace.Seen[$"{_stack.Layers[i].Name}.input"], _case.ShapeOf(golden));
            Assert.That(GoldenCase.Misfit(seen, _case.Read(golden), Tolerance), Is.LessThanOrEqualTo(1.0), golden);
        }

        string last = string.Create(CultureInfo.InvariantCulture, $"hidden.{_stack.Layers.Length}");
        if (_case.Has(last))
        {
            double[] seen = Joined(trace.Seen["norm.output"], _case.ShapeOf(last));
            Assert.That(GoldenCase.Misfit(seen, _case.Read(last), Tolerance), Is.LessThanOrEqualTo(1.0), last);
        }
    }

    /// <summary>A first part, the caches it leaves, the rest token by token, the caches again.</summary>
    public void CheckPrefillAndDecode()
    {
        using SequenceState state = _stack.NewState(_streams);
        double[] logits = Scan(state, 0, _prefill, ScanOptions.Default);
        Assert.That(GoldenCase.Misfit(logits, _case.Read("prefill_logits"), Tolerance), Is.LessThanOrEqualTo(1.0), "prefill");
        GoldenCaches.Check(_case, _stack, state, "prefill", Tolerance);
        CheckDecode(state);
        GoldenCaches.Check(_case, _stack, state, "final", Tolerance);
    }

    /// <summary>The sequence in several pieces, streams apart, gives what it gives at once.</summary>
    public void CheckSplit()
    {
        using SequenceState state = _stack.NewState(_streams);
        double[] expected = _case.Read("logits_full");
        int outputs = _stack.Outputs;
        for (int s = 0; s < _streams; s++)
        {
            int at = 0;
            foreach (int piece in new[] { 3, 1, 6, _length - 10 })
            {
                var logits = new double[piece * outputs];
                _stack.Scan(_ids.AsSpan((s * _length) + at, piece), 1, state, logits, new ScanOptions { FirstStream = s, Piece = 4 });
                Assert.That(
                    GoldenCase.Misfit(logits, expected.AsSpan(((s * _length) + at) * outputs, piece * outputs), Tolerance), Is.LessThanOrEqualTo(1.0), $"stream {s} from {at}");
                at += piece;
            }
        }
    }

    /// <summary>Decoding after a state was saved and restored, or forked, gives the very same numbers.</summary>
    public void CheckRestore()
    {
        using SequenceState state = _stack.NewState(_streams);
        Scan(state, 0, _prefill, ScanOptions.Default);
        using SequenceState fork = state.Fork();
        using var memory = new MemoryStream();
        SequenceStateFile.Save(state, memory);
        using SequenceState restored = SequenceStateFile.Load(memory.ToArray(), _stack, "memory");
        double[][] runs = [.. new[] { state, fork, restored }.Select(Decode)];
        Assert.That(runs[1], Is.EqualTo(runs[0]), "forked");
        Assert.That(runs[2], Is.EqualTo(runs[0]), "restored");
    }

    /// <inheritdoc/>
    public void Dispose() => _stack.Dispose();

    private void CheckDecode(SequenceState state) =>
        Assert.That(GoldenCase.Misfit(Decode(state), _case.Read("decode_logits"), Tolerance), Is.LessThanOrEqualTo(1.0), "decode");

    private double[] Decode(SequenceState state)
    {
        int outputs = _stack.Outputs;
        int steps = _length - _prefill;
        var all = new double[_streams * steps * outputs];
        for (int t = 0; t < steps; t++)
        {
            double[] logits = Scan(state, _prefill + t, 1, ScanOptions.Default);
            for (int s = 0; s < _streams; s++)
            {
                logits.AsSpan(s * outputs, outputs).CopyTo(all.AsSpan(((s * steps) + t) * outputs));
            }
        }

        return all;
    }

    private double[] Scan(SequenceState state, int first, int count, ScanOptions options)
    {
        int[] tokens = [.. Enumerable.Range(0, _streams).SelectMany(s => _ids.Skip((s * _length) + first).Take(count))];
        var logits = new double[_streams * count * _stack.Outputs];
        _stack.Scan(tokens, _streams, state, logits, options);
        return logits;
    }

    /// <summary>Values of one pass, or of passes for the learned first tokens of each stream and one for the rest.</summary>
    private double[] Joined(List<double[]> seen, int[] shape)
    {
        if (seen.Count == 1)
        {
            return seen[0];
        }

        double[] rest = seen[^1];
        int each = rest.Length / _streams;
        Assert.That(shape[0], Is.EqualTo(_streams));
        return [.. Enumerable.Range(0, _streams).SelectMany(s => seen[s].Concat(rest.Skip(s * each).Take(each)))];
    }
}
