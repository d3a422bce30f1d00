namespace HybridControl.Automata;

/// <summary>A model without rates, random waiting times and draws: they are hidden states, discrete variables, timers and resets.</summary>
/// <param name="Model">The model. Its hidden variables come after the visible ones, with names that no model can declare.</param>
/// <param name="DrawCount">The number of draws; draw k is the discrete variable <see cref="DrawName"/> and has the stream <see cref="FirstStream"/> + k.</param>
/// <param name="Initial">The draws of the initial values.</param>
/// <param name="Resets">For each transition the draws of its resets.</param>
/// <param name="Delays">For each transition the draws of its delay.</param>
/// <param name="Rates">For each hidden state the number of its transition.</param>
internal sealed record LoweredModel(
    HybridAutomaton Model, int DrawCount, DrawRange Initial, DrawRange[] Resets, DrawRange[] Delays, int[] Rates)
{
    /// <summary>The first of the random streams of a model, in the sense of <see cref="Numerics.Philox4x32"/>.</summary>
    public const uint FirstStream = 4_000_000;

    /// <summary>The hidden discrete variable that holds a uniform number between 0 and 1.</summary>
    public static string DrawName(int number) => FormattableString.Invariant($"#draw{number}");

    /// <summary>Whether a discrete variable is a random draw.</summary>
    public static bool IsDraw(string name) => name.StartsWith("#draw", StringComparison.Ordinal);

    /// <summary>The hidden state that integrates a rate.</summary>
    public static string HazardName(int number) => FormattableString.Invariant($"#hazard{number}");

    /// <summary>The hidden discrete variable that the integral must reach.</summary>
    public static string ThresholdName(int number) => FormattableString.Invariant($"#threshold{number}");
}
