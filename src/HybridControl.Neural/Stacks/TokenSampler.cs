using HybridControl.Numerics;

namespace HybridControl.Neural.Stacks;

/// <summary>Chooses tokens from logits: the likeliest, or one drawn at a temperature. Equal seeds draw equal tokens.</summary>
/// <param name="temperature">0 takes the likeliest, the lowest id of equals.</param>
/// <param name="top">Draws among the likeliest so many only.</param>
/// <param name="seed">Seed of the draws.</param>
public sealed class TokenSampler(double temperature, int top, ulong seed)
{
    private int[] _order = [];
    private double[] _weights = [];
    private long _draw;

    /// <summary>The next token.</summary>
    /// <param name="logits">One for each token; one that is not a number is never chosen.</param>
    public int Next(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best] || float.IsNaN(logits[best]))
            {
                best = i;
            }
        }

        return temperature == 0.0 || top == 1 ? best : Draw(logits, logits[best]);
    }

    private int Draw(ReadOnlySpan<float> logits, float greatest)
    {
        if (_order.Length != logits.Length)
        {
            (_order, _weights) = (new int[logits.Length], new double[logits.Length]);
        }

        for (int i = 0; i < logits.Length; i++)
        {
            _order[i] = i;
            _weights[i] = float.IsNaN(logits[i]) ? 0.0 : -Math.Exp((logits[i] - greatest) / temperature);
        }

        // The weights are negative so that the likeliest come first.
        if (top < logits.Length)
        {
            Array.Sort(_weights, _order);
        }

        int count = Math.Min(top, logits.Length);
        double total = 0.0;
        for (int i = 0; i < count; i++)
        {
            total -= _weights[i];
        }

        double left = total * Philox4x32.Uniform(seed, 0, 0, _draw++);
        for (int i = 0; i < count - 1; i++)
        {
            left += _weights[i];
            if (left < 0.0)
            {
                return _order[i];
            }
        }

        return _order[count - 1];
    }
}
