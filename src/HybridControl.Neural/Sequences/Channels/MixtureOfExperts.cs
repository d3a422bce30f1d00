using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences.Channels;

/// <summary>Several layers of one kind, of which a router chooses a few for each token; what they give is added with the router's weights.</summary>
/// <remarks>
/// Shazeer et al., "Outrageously Large Neural Networks", arXiv 1701.06538. The logits come to the host, where the choice is made; the
/// tokens of an expert are gathered, pass it together, and are added in the order of the experts. An expert that nobody chose costs
/// nothing. A shared layer, if any, serves every token.
/// </remarks>
public sealed class MixtureOfExperts : ISequenceLayer
{
    private readonly string _place;
    private readonly Linear _gate;
    private readonly ExpertRouter _router;
    private readonly int _chosen;
    private readonly ISequenceLayer[] _experts;
    private readonly ISequenceLayer? _shared;
    private readonly int[] _starts;
    private double[] _logits = [];
    private int[] _choices = [];
    private double[] _weights = [];
    private int[] _tokens = [];
    private double[] _factors = [];

    internal MixtureOfExperts(string place, Linear gate, ExpertRouter router, int chosen, ISequenceLayer[] experts, ISequenceLayer? shared)
    {
        (_place, _gate, _router, _chosen, _experts, _shared) = (place, gate, router, chosen, experts, shared);
        _starts = new int[experts.Length + 1];
    }

    /// <inheritdoc/>
    public int Inputs => _gate.Inputs;

    /// <inheritdoc/>
    public int Outputs => _experts[0].Outputs;

    /// <inheritdoc/>
    public void Scan(ForwardPass pass, TensorView x, TensorView y)
    {
        Route(pass, x);
        if (_shared is null)
        {
            pass.Backend.Fill(y, 0.0);
        }
        else
        {
            _shared.Scan(pass, x, y);
        }

        for (int e = 0; e < _experts.Length; e++)
        {
            int count = _starts[e + 1] - _starts[e];
            if (count == 0)
            {
                continue;
            }

            using Workspace.Scope scope = pass.Workspace.Open();
            ReadOnlySpan<int> tokens = _tokens.AsSpan(_starts[e], count);
            TensorView input = x;
            if (count < x.Rows)
            {
                input = pass.Workspace.Rent(count, x.Columns);
                pass.Backend.GatherRows(x, tokens, input);
            }

            TensorView output = pass.Workspace.Rent(count, y.Columns);
            _experts[e].Scan(pass, input, output);
            pass.Backend.ScatterAddRows(output, tokens, _factors.AsSpan(_starts[e], count), y);
        }
    }

    /// <summary>Which tokens go to which expert: those of expert e stand from <c>_starts[e]</c> on, in order.</summary>
    private void Route(ForwardPass pass, TensorView x)
    {
        (int rows, int experts) = (x.Rows, _experts.Length);
        Reserve(rows);
        using Workspace.Scope scope = pass.Workspace.Open();
        TensorView logits = pass.Workspace.Rent(rows, experts);
        _gate.Scan(pass, x, logits);
        pass.Show(_place, "router", logits);
        pass.Backend.Download(logits, _logits.AsSpan(0, rows * experts));
        _starts.AsSpan().Clear();
        for (int r = 0; r < rows; r++)
        {
            Span<int> chosen = _choices.AsSpan(r * _chosen, _chosen);
            _router.Choose(_logits.AsSpan(r * experts, experts), chosen, _weights.AsSpan(r * _chosen, _chosen));
            foreach (int e in chosen)
            {
                _starts[e]++;
            }
        }

        // From counts to the ends of each expert's tokens; filling from the last token back turns ends into starts.
        for (int e = 1; e <= experts; e++)
        {
            _starts[e] += _starts[e - 1];
        }

        for (int i = (rows * _chosen) - 1; i >= 0; i--)
        {
            int at = --_starts[_choices[i]];
            (_tokens[at], _factors[at]) = (i / _chosen, _weights[i]);
        }
    }

    private void Reserve(int rows)
    {
        if (_logits.Length < rows * _experts.Length)
        {
            _logits = new double[rows * _experts.Length];
            _choices = new int[rows * _chosen];
            _weights = new double[rows * _chosen];
            _tokens = new int[rows * _chosen];
            _factors = new double[rows * _chosen];
        }
    }
}
