using System.Collections.Immutable;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Explanation;

/// <summary>Which parts of a stack can be explained, and how.</summary>
/// <param name="Parts">In the order of the stack.</param>
public sealed record ExplainabilityReport(ImmutableArray<LayerExplanation> Parts)
{
    private const string AttentionEnd = ".attention";

    /// <summary>Asks every part of a stack. One token passes through it, in a state of its own.</summary>
    public static ExplainabilityReport Of(LayerStack stack)
    {
        ArgumentNullException.ThrowIfNull(stack);
        var probe = new Probe(stack.Backend);
        using SequenceState state = stack.NewState();
        var options = new ScanOptions { Observer = probe };
        if (stack.Description.Vocabulary > 0)
        {
            stack.Scan([0], 1, state, Span<double>.Empty, options);
        }
        else
        {
            var zeros = new double[stack.Description.Signals > 0 ? stack.Description.Signals : stack.Description.Width];
            stack.Scan(zeros, 1, state, Span<double>.Empty, options);
        }

        HashSet<string> blocks = [.. stack.Description.Layers.SelectMany((layer, i) => layer.Blocks.Select(block => FormattableString.Invariant($"layers.{i}.{block.Name}")))];
        List<LayerExplanation> parts = [];
        foreach (string place in probe.Places)
        {
            if (probe.Found.TryGetValue(place, out LayerExplanation? found))
            {
                parts.Add(found);
            }
            else if (blocks.Contains(place) && !probe.Found.Keys.Any(other => other.StartsWith($"{place}.", StringComparison.Ordinal)))
            {
                parts.Add(stack.StateLayout.Slots.Any(slot => slot.Name.StartsWith($"{place}.", StringComparison.Ordinal))
                    ? new(place, Explainability.None, "it remembers, but not as a linear system or by attention", null)
                    : new(place, Explainability.Memoryless, "a function of each token by itself", null));
            }
        }

        return new([.. parts]);
    }

    /// <summary>One line for each part.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Parts);

    private static LayerExplanation Explain(string place, ISequenceLayer layer, ITensorBackend backend)
    {
        switch (layer)
        {
            case S5Layer { Parameters.IsBidirectional: true }:
                return new(place, Explainability.None, "it looks at later tokens, so it is no system in time", layer);
            case S5Layer s5:
                return Linear(place, layer, s5.Parameters.ToModal(1.0), "S5");
            case S4dLayer s4d:
                return Linear(place, layer, s4d.Parameters.ToModal(1.0), "S4D");
            case ISelectiveLayer selective:
                SelectiveLaw law = selective.LawOn(backend);
                string stable = law.IsStable ? "states only fade by themselves" : "a rate is positive: states may grow by themselves";
                return new(
                    place,
                    Explainability.Scheduled,
                    FormattableString.Invariant($"selective, {law.Channels} channels of {law.StateSize} states, rates {law.Rates.Min():G4} to {law.Rates.Max():G4}, {stable}"),
                    layer);
            default:
                return new(place, Explainability.None, "it remembers, but not as a linear system or by attention", layer);
        }
    }

    private static LayerExplanation Linear(string place, ISequenceLayer layer, ModalModel model, string kind)
    {
        double slowest = model.Poles.Max(pole => pole.Real);
        string memory = slowest < 0.0
            ? FormattableString.Invariant($"longest time constant {-1.0 / slowest:G4} tokens")
            : "a mode does not decay";
        return new(
            place, Explainability.Linear, FormattableString.Invariant($"{kind}, {model.Modes} modes, {model.Inputs} channels, {memory}"), layer);
    }

    // Notes which parts there are. Nothing is shown to it, so nothing is computed for show.
    private sealed class Probe(ITensorBackend backend) : ILayerObserver
    {
        public List<string> Places { get; } = [];

        public Dictionary<string, LayerExplanation> Found { get; } = new(StringComparer.Ordinal);

        public bool Wants(string name)
        {
            if (name.EndsWith(AttentionEnd, StringComparison.Ordinal))
            {
                string place = name[..^AttentionEnd.Length];
                Note(place);
                Found.TryAdd(place, new(place, Explainability.Attention, "attention: maps of what looked at what", null));
            }

            return false;
        }

        public void Met(string place, ISequenceLayer layer)
        {
            Note(place);
            Found.TryAdd(place, Explain(place, layer, backend));
        }

        public void Saw(string name, ITensorBackend backend, TensorView value)
        {
        }

        public void Entering(string layer) => Note(layer);

        public void Leaving(string layer)
        {
        }

        private void Note(string place)
        {
            if (!Places.Contains(place))
            {
                Places.Add(place);
            }
        }
    }
}
