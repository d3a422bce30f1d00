using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Numerics;

namespace HybridControl.Neural.Tests.TestKit;

/// <summary>Time-invariant layers with random numbers, each a function of the seed alone.</summary>
internal static class RandomLayers
{
    public static S5Parameters S5(int modes, int channels, ulong seed) => new()
    {
        Lambda = Complexes(modes, seed, 1, -1.5, -0.05, 0.2, 6.0),
        B = Complexes(modes * channels, seed, 2, -1.0, 1.0, -1.0, 1.0),
        C = Complexes(modes * channels, seed, 3, -1.0, 1.0, -1.0, 1.0),
        D = [.. Reals(channels, seed, 4, -1.0, 1.0)],
        LogStep = [.. Reals(modes, seed, 5, -3.0, -0.5)],
    };

    public static S4dParameters S4d(int channels, int modes, ulong seed) => new()
    {
        LogRealPart = [.. Reals(channels * modes, seed, 1, -1.5, 0.0)],
        ImaginaryPart = [.. Reals(channels * modes, seed, 2, 0.0, 12.0)],
        C = Complexes(channels * modes, seed, 3, -1.0, 1.0, -1.0, 1.0),
        D = [.. Reals(channels, seed, 4, -1.0, 1.0)],
        LogStep = [.. Reals(channels, seed, 5, -3.0, -0.5)],
    };

    public static ModalModel Modal(int modes, int inputs, int outputs, ulong seed) => new(
        Complexes(modes, seed, 1, -1.0, -0.1, 0.1, 8.0),
        Complexes(modes * inputs, seed, 2, -1.0, 1.0, -1.0, 1.0),
        Complexes(modes * outputs, seed, 3, -1.0, 1.0, -1.0, 1.0),
        [.. Reals(inputs * outputs, seed, 4, -1.0, 1.0)],
        inputs,
        outputs);

    public static double[] Reals(int count, ulong seed, uint stream, double lower, double upper) =>
        [.. Enumerable.Range(0, count).Select(i => lower + ((upper - lower) * Philox4x32.Uniform(seed, i, stream, 0)))];

    private static ImmutableArray<Complex> Complexes(int count, ulong seed, uint stream, double left, double right, double low, double high) =>
        [.. Reals(count, seed, stream, left, right).Zip(Reals(count, seed, stream + 50, low, high), (re, im) => new Complex(re, im))];
}
