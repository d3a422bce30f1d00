using System.Collections.Immutable;

namespace HybridControl.Numerics;

/// <summary>A one-dimensional table, linear between its breakpoints.</summary>
/// <remarks>
/// Immutable and thread-safe. An evaluation is a binary search: O(log n). NaN gives NaN.
/// </remarks>
public sealed class LookupTable : IEquatable<LookupTable>
{
    private readonly double[] _x;
    private readonly double[] _y;

    /// <summary>Creates a table.</summary>
    /// <param name="name">Name used in expressions and messages.</param>
    /// <param name="x">Breakpoints, strictly increasing and finite; at least two.</param>
    /// <param name="y">Values at the breakpoints, finite, as many as <paramref name="x"/>.</param>
    /// <param name="extrapolation">What happens outside the breakpoints.</param>
    /// <exception cref="ArgumentException">The breakpoints or values break one of these rules.</exception>
    public LookupTable(
        string name, ReadOnlySpan<double> x, ReadOnlySpan<double> y, Extrapolation extrapolation = Extrapolation.Hold)
    {
        if (FindFault(x, y) is { } fault)
        {
            throw new ArgumentException($"Table '{name}': {fault}");
        }

        Name = name;
        Extrapolation = extrapolation;
        _x = x.ToArray();
        _y = y.ToArray();
    }

    /// <summary>Name used in expressions and messages.</summary>
    public string Name { get; }

    /// <summary>What happens outside the breakpoints.</summary>
    public Extrapolation Extrapolation { get; }

    /// <summary>Breakpoints, strictly increasing.</summary>
    public ImmutableArray<double> X => [.. _x];

    /// <summary>Values at the breakpoints.</summary>
    public ImmutableArray<double> Y => [.. _y];

    /// <summary>Breakpoints without a copy.</summary>
    internal ReadOnlySpan<double> Breakpoints => _x;

    /// <summary>Values without a copy.</summary>
    internal ReadOnlySpan<double> Values => _y;

    /// <summary>What is wrong with these breakpoints and values, and how to mend it; null if nothing is.</summary>
    public static string? FindFault(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            return $"{x.Length} breakpoints but {y.Length} values. Give one value for each breakpoint.";
        }

        if (x.Length < 2)
        {
            return "fewer than two breakpoints. Give at least two, or use a constant.";
        }

        for (int i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i]))
            {
                return FormattableString.Invariant($"entry {i} is ({x[i]}, {y[i]}). Breakpoints and values must be finite.");
            }

            if (i > 0 && x[i] <= x[i - 1])
            {
                return FormattableString.Invariant(
                    $"breakpoint {i} is {x[i]} after {x[i - 1]}. Sort the breakpoints and remove duplicates.");
            }
        }

        return null;
    }

    /// <summary>Index i of the segment [x_i, x_(i+1)] used at <paramref name="x"/>, the outermost one outside the table.</summary>
    public int Segment(double x)
    {
        int low = 0;
        int high = _x.Length - 1;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (x >= _x[middle])
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The interpolated value; NaN outside the breakpoints when the extrapolation is an error.</summary>
    public double Evaluate(double x)
    {
        int i = Segment(x);
        if (x < _x[0] || x > _x[^1])
        {
            switch (Extrapolation)
            {
                case Extrapolation.Hold:
                    return x < _x[0] ? _y[0] : _y[^1];
                case Extrapolation.Error:
                    return double.NaN;
                default:
                    break;
            }
        }

        return _y[i] + ((x - _x[i]) * Slope(i));
    }

    /// <summary>The slope at <paramref name="x"/>; at a breakpoint that of the segment to its right.</summary>
    public double Derivative(double x)
    {
        if (double.IsNaN(x))
        {
            return double.NaN;
        }

        if (x < _x[0] || x > _x[^1])
        {
            switch (Extrapolation)
            {
                case Extrapolation.Hold:
                    return 0.0;
                case Extrapolation.Error:
                    return double.NaN;
                default:
                    break;
            }
        }

        return Slope(Segment(x));
    }

    /// <summary>Slope of one segment.</summary>
    internal double Slope(int segment) => (_y[segment + 1] - _y[segment]) / (_x[segment + 1] - _x[segment]);

    /// <inheritdoc/>
    public bool Equals(LookupTable? other) =>
        other is not null && (ReferenceEquals(this, other) ||
            (Name == other.Name && Extrapolation == other.Extrapolation &&
             _x.AsSpan().SequenceEqual(other._x) && _y.AsSpan().SequenceEqual(other._y)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LookupTable);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Extrapolation, _x.Length, _y[0], _y[^1]);
}
