using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Dynamics;

/// <summary>A compiled right-hand side x' = f(t, x, data), as a stepper needs it.</summary>
/// <param name="Dimension">The number n of states.</param>
/// <param name="Derivatives">Writes the n derivatives.</param>
/// <param name="Program">The right-hand side as expressions, n outputs; null for a delegate.</param>
/// <param name="Graph">The graph that <paramref name="Program"/> was taken from; null for a delegate.</param>
public sealed record OdeFunction(int Dimension, VectorFunction Derivatives, ExprProgram? Program, ExprGraph? Graph)
{
    /// <summary>What noise adds to the rates; null for an ordinary flow.</summary>
    internal DiffusionFunction? Diffusion { get; init; }

    /// <summary>M of M x' = f(t, x, data); null for the identity.</summary>
    internal MassMatrix? Mass { get; init; }

    /// <summary>
    /// The number of states that lead. Blocks of as many follow: their derivatives by numbers, with equations that are linear
    /// in them and have the same slopes as those of the leading block.
    /// </summary>
    internal int Leading { get; init; } = Dimension;

    /// <summary>
    /// The right-hand side as expressions, for derivatives: unlike <see cref="Program"/> also where the right-hand side
    /// itself refreshes data slots.
    /// </summary>
    internal ExprProgram? Equations { get; init; } = Program;

    /// <summary>Where the Jacobian of a delegate may differ from zero; null for everywhere.</summary>
    internal SparsityPattern? Pattern { get; init; }

    /// <summary>The Jacobian of a delegate, and the number of states that it is written for; null for differences.</summary>
    internal (MatrixFunction Method, int Size)? Jacobian { get; init; }

    /// <summary>Whether the rates may change while the states rest: time or inputs occur in them, or nobody can tell.</summary>
    internal bool DependsOnTime()
    {
        if (Program is null)
        {
            return true;
        }

        foreach (GraphNode node in Program.Instructions)
        {
            if (node.Op == OpCode.Time)
            {
                return true;
            }
        }

        return false;
    }
}
