using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Vision;

namespace HybridControl.Neural.Tests.Vision;

public class SpectralSeriesTests
{
    private const int Length = 9;
    private const int Channels = 4;
    private const int Half = Channels / 2;
    private const int Hidden = 5;

    private static readonly SpectralSeriesDescription Small = new() { Length = Length, Channels = Channels, Hidden = Hidden };

    private static readonly (string Name, int Count)[] Shapes =
    [
        ("norm1.weight", Channels), ("norm1.bias", Channels), ("norm2.weight", Channels), ("norm2.bias", Channels),
        ("attn.weight", Half * Length), ("attn.local_ssm.conv.weight", Half * 3), ("attn.local_ssm.conv.bias", Half),
        ("mlp.fc1.weight", Hidden * Channels), ("mlp.fc1.bias", Hidden), ("mlp.dwconv.dwconv.weight", Hidden * 3),
        ("mlp.dwconv.dwconv.bias", Hidden), ("mlp.fc2.weight", Channels * Hidden), ("mlp.fc2.bias", Channels),
    ];

    [Test]
    public void Series_give_what_the_equations_say([ValueSource(typeof(CpuBackends), nameof(CpuBackends.Names))] string backend)
    {
        using ITensorBackend made = CpuBackends.New(backend);
        Dictionary<string, double[]> values = Draw();
        using SpectralSeries block = Small.Build(Listed(values), made);
        double[] x = RandomLayers.Reals(2 * Length * Channels, 11, 1, -1.0, 1.0);
        var y = new double[x.Length];
        block.Apply(x, y);
        double[] expected = [.. Expected(x[..(Length * Channels)], values), .. Expected(x[(Length * Channels)..], values)];
        Nearness.Check(y, expected, 1e-5);
        Assert.That(block.ParameterCount, Is.EqualTo(Shapes.Sum(shape => shape.Count) + (6 * (Half + Hidden))), "taps of a series stand among nine");
    }

    /// <summary>A factor of one for each frequency is the identity; one of zero for all but the mean is the mean.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void The_filter_multiplies_frequencies(bool meanOnly)
    {
        Dictionary<string, double[]> values = Draw();
        values["mlp.fc2.weight"] = new double[Channels * Hidden];
        values["mlp.fc2.bias"] = new double[Channels];
        values["attn.weight"] = [.. Enumerable.Range(0, Half * Length).Select(i => meanOnly && i % Length != 0 ? 0.0 : 1.0)];
        using var backend = new ScalarBackend<double>();
        using SpectralSeries block = Small.Build(Listed(values), backend);
        double[] x = RandomLayers.Reals(Length * Channels, 11, 1, -1.0, 1.0);
        var y = new double[x.Length];
        block.Apply(x, y);
        double[] normed = Norm(x, values["norm1.weight"], values["norm1.bias"]);
        for (int c = 0; c < Half; c++)
        {
            double mean = Enumerable.Range(0, Length).Average(t => normed[(t * Channels) + Half + c]);
            for (int t = 0; t < Length; t++)
            {
                int at = (t * Channels) + (2 * c) + 1;
                Assert.That(y[at] - x[at], Is.EqualTo(meanOnly ? mean : normed[(t * Channels) + Half + c]).Within(1e-12));
            }
        }
    }

    [Test]
    public void A_late_sample_changes_an_early_one()
    {
        using var backend = new ScalarBackend<double>();
        using SpectralSeries block = Small.Build(Listed(Draw()), backend);
        double[] x = RandomLayers.Reals(Length * Channels, 11, 1, -1.0, 1.0);
        double[] before = new double[x.Length];
        double[] after = new double[x.Length];
        block.Apply(x, before);
        x[^1] += 1.0;
        block.Apply(x, after);
        Assert.That(Math.Abs(after[1] - before[1]), Is.GreaterThan(1e-6));
    }

    [Test]
    public void Bad_sizes_and_samples_are_refused()
    {
        using var backend = new ScalarBackend<double>();
        Assert.That(() => (Small with { Channels = 3 }).Build(new ListedParameters(), backend), Throws.TypeOf<ModelException>());
        using SpectralSeries block = Small.Build(Listed(Draw()), backend);
        var x = new double[Length * Channels];
        Assert.That(() => block.Apply(x.AsSpan(1), new double[x.Length - 1]), Throws.ArgumentException);
        x[6] = double.PositiveInfinity;
        Assert.That(Assert.Throws<ModelException>(() => block.Apply(x, new double[x.Length]))!.Message, Does.Contain("sample 1, channel 2"));
    }

    private static Dictionary<string, double[]> Draw() =>
        Shapes.Select((shape, i) => (shape.Name, Values: RandomLayers.Reals(shape.Count, (ulong)(20 + i), 1, -1.0, 1.0))).ToDictionary(pair => pair.Name, pair => pair.Values);

    private static ListedParameters Listed(Dictionary<string, double[]> values)
    {
        var parameters = new ListedParameters();
        foreach ((string name, double[] numbers) in values)
        {
            parameters[$"block.{name}"] = numbers;
        }

        return parameters;
    }

    private static double[] Expected(double[] x, Dictionary<string, double[]> values)
    {
        double[] n = Norm(x, values["norm1.weight"], values["norm1.bias"]);
        var h = (double[])x.Clone();
        for (int c = 0; c < Half; c++)
        {
            double[] local = Convolve([.. Column(n, Channels, c)], values["attn.local_ssm.conv.weight"].AsSpan(c * 3, 3), values["attn.local_ssm.conv.bias"][c]);
            double[] filtered = Filter([.. Column(n, Channels, Half + c)], values["attn.weight"].AsSpan(c * Length, Length));
            for (int t = 0; t < Length; t++)
            {
                h[(t * Channels) + (2 * c)] += local[t];
                h[(t * Channels) + (2 * c) + 1] += filtered[t];
            }
        }

        double[] up = Map(Norm(h, values["norm2.weight"], values["norm2.bias"]), Channels, values["mlp.fc1.weight"], values["mlp.fc1.bias"]);
        var between = new double[up.Length];
        for (int c = 0; c < Hidden; c++)
        {
            double[] mixed = Convolve([.. Column(up, Hidden, c)], values["mlp.dwconv.dwconv.weight"].AsSpan(c * 3, 3), values["mlp.dwconv.dwconv.bias"][c]);
            for (int t = 0; t < Length; t++)
            {
                between[(t * Hidden) + c] = Activations.Of(Activation.Gelu, mixed[t]);
            }
        }

        return [.. h.Zip(Map(between, Hidden, values["mlp.fc2.weight"], values["mlp.fc2.bias"]), (a, b) => a + b)];
    }

    private static double[] Norm(double[] x, double[] weight, double[] bias)
    {
        var y = new double[x.Length];
        for (int t = 0; t < Length; t++)
        {
            double[] row = x[(t * Channels)..((t + 1) * Channels)];
            double mean = row.Average();
            double deviation = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + 1e-6);
            for (int c = 0; c < Channels; c++)
            {
                y[(t * Channels) + c] = (weight[c] * (row[c] - mean) / deviation) + bias[c];
            }
        }

        return y;
    }

    private static double[] Map(double[] x, int inputs, double[] weight, double[] bias) =>
    [
        .. from t in Enumerable.Range(0, Length)
           from o in Enumerable.Range(0, bias.Length)
           select bias[o] + Enumerable.Range(0, inputs).Sum(i => weight[(o * inputs) + i] * x[(t * inputs) + i]),
    ];

    private static IEnumerable<double> Column(double[] x, int width, int c) => Enumerable.Range(0, Length).Select(t => x[(t * width) + c]);

    private static double[] Convolve(double[] x, ReadOnlySpan<double> taps, double bias)
    {
        var y = new double[x.Length];
        for (int t = 0; t < x.Length; t++)
        {
            y[t] = bias + (t > 0 ? taps[0] * x[t - 1] : 0.0) + (taps[1] * x[t]) + (t + 1 < x.Length ? taps[2] * x[t + 1] : 0.0);
        }

        return y;
    }

    /// <summary>The cosine series with each term multiplied.</summary>
    private static double[] Filter(double[] x, ReadOnlySpan<double> factors)
    {
        var y = new double[x.Length];
        for (int k = 0; k < x.Length; k++)
        {
            double sum = 0.0;
            for (int t = 0; t < x.Length; t++)
            {
                sum += x[t] * Math.Cos(Math.PI * ((2 * t) + 1) * k / (2.0 * x.Length));
            }

            for (int t = 0; t < x.Length; t++)
            {
                y[t] += factors[k] * sum * (k == 0 ? 1.0 : 2.0 * Math.Cos(Math.PI * ((2 * t) + 1) * k / (2.0 * x.Length))) / x.Length;
            }
        }

        return y;
    }
}
