namespace HybridControl.Numerics;

/// <summary>A table that expressions call by name: a <see cref="LookupCurve"/> of one argument or a <see cref="LookupSurface"/> of two.</summary>
/// <remarks>
/// Immutable and thread-safe. The derivative of a table is a table of its own, of the same name: a model declares the
/// root, and formulas reach its derivatives by <c>slope</c>.
/// </remarks>
public abstract class LookupTable : IEquatable<LookupTable>
{
    private protected LookupTable(string name, Extrapolation extrapolation) => (Name, Extrapolation) = (name, extrapolation);

    /// <summary>Name used in expressions and messages.</summary>
    public string Name { get; }

    /// <summary>What happens outside the breakpoints.</summary>
    public Extrapolation Extrapolation { get; }

    /// <summary>The table that this is a derivative of; the table itself if it is none.</summary>
    public abstract LookupTable Root { get; }

    /// <summary>Number of arguments.</summary>
    public abstract int Arguments { get; }

    /// <summary>Breakpoints of one argument, strictly increasing.</summary>
    internal abstract ReadOnlySpan<double> BreakpointsOf(int argument);

    /// <inheritdoc/>
    public abstract bool Equals(LookupTable? other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LookupTable);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Extrapolation, Arguments);

    /// <summary>What is wrong with the breakpoints of one argument, and how to mend it; null if nothing is.</summary>
    private protected static string? FindFault(ReadOnlySpan<double> x, string of)
    {
        if (x.Length < 2)
        {
            return $"fewer than two breakpoints{of}. Give at least two, or use a constant.";
        }

        for (int i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i]))
            {
                return FormattableString.Invariant($"breakpoint {i}{of} is {x[i]}. Breakpoints and values must be finite.");
            }

            if (i > 0 && x[i] <= x[i - 1])
            {
                return FormattableString.Invariant($"breakpoint {i}{of} is {x[i]} after {x[i - 1]}. Sort the breakpoints and remove duplicates.");
            }
        }

        return null;
    }

    /// <summary>Index i of the piece [x_i, x_(i+1)] that holds <paramref name="x"/>, the outermost one outside and for NaN.</summary>
    internal static int Piece(double[] breakpoints, double x)
    {
        int low = 0;
        int high = breakpoints.Length - 1;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (x >= breakpoints[middle])
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
}
