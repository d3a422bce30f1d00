using System.Collections.Immutable;

namespace HybridControl.Automata;

/// <summary>Modes that may slide along a surface that they have in common.</summary>
/// <remarks>
/// <para>
/// Two modes A and B hand over to each other at a surface: urgent transitions without resets whose guards are opposite
/// comparisons. Four modes A, B, C, D surround the intersection of two: A and B hand over at the first, C and D too, A and C
/// at the second, and B and D. One mode chooses in its flow (<c>select(x > y, a, b)</c>, <c>sign(v)</c>): it is split into
/// a mode for each side of each surface first, called <c>m(x > y)</c>.
/// </para>
/// <para>
/// <see cref="HybridAutomaton.WithSliding(ReadOnlySpan{SlidingModes})"/> adds a mode <c>slide(A,B)</c> with the flow
/// (1 - alpha) f_A + alpha f_B, alpha = L_A s/(L_A s - L_B s), where L_A s is the rate of the surface function s along the flow
/// of A: s stays what it is. It is entered at the surface where both flows point at it, and left to the mode whose flow no
/// longer does. A. F. Filippov, Differential Equations with Discontinuous Righthand Sides, Kluwer (1988). For four modes
/// the coefficients are bilinear: L. Dieci, L. Lopez, Sliding motion on discontinuity surfaces of high co-dimension.
/// </para>
/// <para>Immutable; equality is structural.</para>
/// </remarks>
public sealed record SlidingModes
{
    /// <summary>Names the modes: one that chooses, two at a surface, or four around the intersection of two surfaces.</summary>
    public SlidingModes(params ReadOnlySpan<string> modes) => Modes = [.. modes];

    /// <summary>Names of one, two or four modes.</summary>
    public ImmutableArray<string> Modes { get; }

    /// <summary>
    /// How strongly a curved surface pulls back what integration has let drift from it: alpha falls by this much for each unit
    /// of the surface function, so that s decays at the rate pull (L_B s - L_A s). Not used where the surface is flat, along which
    /// Runge-Kutta methods drift by rounding only. At least zero.
    /// </summary>
    public double Pull { get; init; } = 1.0;

    /// <inheritdoc/>
    public bool Equals(SlidingModes? other) =>
        other is not null && Pull.Equals(other.Pull) && Modes.AsSpan().SequenceEqual(other.Modes.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Modes.Length, Pull);
}
