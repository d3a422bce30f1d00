using HybridControl.Numerics;

namespace HybridControl.Dynamics;

/// <summary>How the algebraic rows of M x' = f(t, x) are solved for their variables, and all rows for the derivatives.</summary>
/// <remarks>
/// Row i of M is zero where variable i is algebraic; f is then the residual g of its equation. Rows with entries besides the
/// diagonal are coupled and solved together for their derivatives. Immutable and thread-safe; made once for each function.
/// </remarks>
internal sealed class AlgebraicSystem
{
    /// <summary>Describes the system of a function with a mass matrix.</summary>
    public AlgebraicSystem(OdeFunction function)
    {
        Function = function;
        Jacobian = JacobianFunction.For(function);
        Mass = Jacobian.Mass ?? throw new ArgumentException("The function has no mass matrix.", nameof(function));
        int n = function.Dimension;
        Variables = [.. Enumerable.Range(0, function.Leading).Where(row => !Mass.IsDifferential(row))];
        ILookup<int, int> columns = Mass.Entries.ToLookup(entry => entry.Row, entry => entry.Column);
        Coupled = [.. Enumerable.Range(0, n).Where(row => columns[row].Any(column => column != row))];
        Slopes = new BlockEntries(Jacobian.Pattern, Variables);
        Block = Variables.Length is > 0 and <= AlgebraicIndex.Largest ? Jacobian.Block(Variables) : null;
        Masses = new BlockEntries(Jacobian.Pattern, Coupled);
    }

    /// <summary>The function.</summary>
    public OdeFunction Function { get; }

    /// <summary>Its Jacobian.</summary>
    public JacobianFunction Jacobian { get; }

    /// <summary>Its mass matrix, in the order of the Jacobian's pattern.</summary>
    public MassMatrix Mass { get; }

    /// <summary>Numbers of the algebraic variables of the leading block, ascending: entry k is number k of the equations.</summary>
    public int[] Variables { get; }

    /// <summary>How far the blocks of states lie apart.</summary>
    public int Stride => Function.Leading;

    /// <summary>Rows of M with entries besides the diagonal.</summary>
    public int[] Coupled { get; }

    /// <summary>dg/dz within the Jacobian.</summary>
    public BlockEntries Slopes { get; }

    /// <summary>dg/dz alone; null for none, for many variables and where it is no short expression.</summary>
    public JacobianBlock? Block { get; }

    /// <summary>The coupled rows and columns of M.</summary>
    public BlockEntries Masses { get; }
}
