using HybridControl.Numerics;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>Random draws of one case: the same for the same seed and number, on every machine and thread.</summary>
internal sealed class KeyedRandom(ulong seed, long number) : Random(0)
{
    private long _draw;

    public override double NextDouble() => Philox4x32.Uniform(seed, number, 0, _draw++);

    public override int Next(int maxValue) => (int)(NextDouble() * maxValue);

    public override int Next(int minValue, int maxValue) => minValue + Next(maxValue - minValue);

    protected override double Sample() => NextDouble();
}
