using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Checks;
using HybridControl.Ensembles.Sampling;
using HybridControl.Numerics;

namespace HybridControl.Ensembles;

/// <summary>The samples of a plan: what varies in each trajectory, and the noise along it.</summary>
/// <remarks>
/// <para>Every number is a function of (seed, sample, stream, draw): any block, in any order, on any thread and any machine, has the same samples.
/// Trajectory i of a plan with k alternatives is sample i / k, so that all alternatives of a sample share its numbers.</para>
/// <para>A grid design visits the combinations of the points like the digits of a counter: the last variation changes fastest.</para>
/// <para>Immutable and thread-safe. Filling a block allocates nothing for up to 64 correlated variations.</para>
/// </remarks>
public sealed class PlanSampler
{
    private const int MostOnStack = 64;

    private readonly ulong _seed;
    private readonly int _alternatives;
    private readonly ImmutableArray<Distribution> _distributions;
    private readonly ImmutableArray<Distribution> _noise;
    private readonly UniformDesign? _design;
    private readonly GaussianCopula? _copula;
    private readonly int[] _independent;
    private readonly ImmutableArray<double> _points;

    private PlanSampler(EnsemblePlan plan)
    {
        _seed = plan.Seed;
        _points = plan.Design == SamplingDesign.Points ? plan.Points : [];
        _alternatives = plan.AlternativeCount;
        _distributions = [.. plan.Variations.Select(variation => variation.Distribution)];
        _noise = [.. plan.Noise.Select(noise => noise.Distribution)];
        SampleCount = SampleCountOf(plan) ?? 0;
        _design = plan.Design switch
        {
            SamplingDesign.LatinHypercube => new LatinHypercubeDesign(plan.Seed, plan.Size, plan.Variations.Length),
            SamplingDesign.Sobol => new SobolDesign(plan.Seed, plan.Variations.Length),
            SamplingDesign.Grid or SamplingDesign.Points => null,
            _ => new RandomDesign(plan.Seed),
        };
        if (!plan.Correlations.IsEmpty && GaussianCopula.TryCreate(plan, out GaussianCopula? copula, out _))
        {
            _copula = copula;
        }

        _independent = [.. Enumerable.Range(0, _distributions.Length).Except(_copula?.Variations ?? [])];
    }

    /// <summary>The number of samples: the size of the plan, or the points of its grid.</summary>
    public long SampleCount { get; }

    /// <summary>The number of trajectories: one for each alternative of each sample.</summary>
    public long TrajectoryCount => SampleCount * _alternatives;

    /// <summary>The number of blocks of trajectories.</summary>
    public long BlockCount => EnsembleBlock.CountOf(TrajectoryCount);

    /// <summary>The sampler of a plan.</summary>
    /// <exception cref="ModelException">The size, distributions, correlations or design are impossible; every finding at once.</exception>
    public static PlanSampler For(EnsemblePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var findings = new FindingList();
        SamplingCheck.Run(plan, findings);
        return findings.Count == 0 ? new(plan) : throw new ModelException(findings.ToImmutable());
    }

    /// <summary>The number of trajectories in a block: full but for the last.</summary>
    public int CountOf(long block) =>
        (int)Math.Clamp(TrajectoryCount - (block * EnsembleBlock.Capacity), 0, EnsembleBlock.Capacity);

    /// <summary>Writes the samples of a block.</summary>
    /// <param name="block">A block of the plan's layout.</param>
    public void Fill(EnsembleBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (_design is null)
        {
            FillGiven(block);
            return;
        }

        int correlated = _copula?.Variations.Length ?? 0;
        Span<double> scores = correlated <= MostOnStack ? stackalloc double[MostOnStack] : new double[correlated];
        for (int i = 0; i < block.Count; i++)
        {
            long sample = (block.First + i) / _alternatives;
            if (i > 0 && sample == (block.First + i - 1) / _alternatives)
            {
                CopyPrevious(block, i);
                continue;
            }

            foreach (int v in _independent)
            {
                block.Samples[(v * block.Count) + i] = _distributions[v].Quantile(_design.At(v, sample));
            }

            if (_copula is not null)
            {
                FillCorrelated(block, i, sample, scores[..correlated]);
            }
        }
    }

    /// <summary>The value of a noise at one of its ticks.</summary>
    /// <param name="noise">Number of the noise in the plan; place k of the model is noise k after those of the plan, uniform between 0 and 1.</param>
    /// <param name="trajectory">Number of the trajectory.</param>
    /// <param name="draw">Number of the tick, from zero.</param>
    public double Noise(int noise, long trajectory, long draw) => noise < _noise.Length
        ? _noise[noise].Quantile(Philox4x32.Uniform(_seed, SampleOf(trajectory), SampleStreams.Noise + (uint)noise, draw))
        : Philox4x32.Uniform(_seed, SampleOf(trajectory), SampleStreams.Model + (uint)(noise - _noise.Length), draw);

    /// <summary>The number of the sample that a trajectory has: all alternatives share one.</summary>
    internal long SampleOf(long trajectory) => trajectory / _alternatives;

    /// <summary>What a device needs to draw for the model itself: the number of the sample, then both halves of the seed.</summary>
    internal double KeyOf(long trajectory, int part) => part switch
    {
        0 => SampleOf(trajectory),
        1 => (uint)_seed,
        _ => (uint)(_seed >> 32),
    };

    /// <summary>The number of samples of a plan; null if it cannot be counted.</summary>
    internal static long? SampleCountOf(EnsemblePlan plan)
    {
        if (plan.Design == SamplingDesign.Points)
        {
            return plan.Points.Length / Math.Max(1, plan.Variations.Length);
        }

        if (plan.Design != SamplingDesign.Grid)
        {
            return plan.Size;
        }

        decimal points = 1;
        foreach (Variation variation in plan.Variations)
        {
            points *= (variation.Distribution as GridPoints)?.Values.Length ?? 1;
            if (points > Philox4x32.Limit)
            {
                return null;
            }
        }

        return (long)points;
    }

    private static void CopyPrevious(EnsembleBlock block, int i)
    {
        for (int at = i; at < block.Samples.Length; at += block.Count)
        {
            block.Samples[at] = block.Samples[at - 1];
        }
    }

    private void FillCorrelated(EnsembleBlock block, int i, long sample, Span<double> scores)
    {
        int[] variations = _copula!.Variations;
        for (int k = 0; k < variations.Length; k++)
        {
            scores[k] = NormalLaw.Quantile(_design!.At(variations[k], sample));
        }

        _copula.Mix(scores);
        for (int k = 0; k < variations.Length; k++)
        {
            block.Samples[(variations[k] * block.Count) + i] = _distributions[variations[k]].FromScore(scores[k]);
        }
    }

    private void FillGiven(EnsembleBlock block)
    {
        if (_points.IsEmpty)
        {
            FillGrid(block);
            return;
        }

        for (int i = 0; i < block.Count; i++)
        {
            long row = (block.First + i) / _alternatives * _distributions.Length;
            for (int v = 0; v < _distributions.Length; v++)
            {
                block.Samples[(v * block.Count) + i] = _points[(int)(row + v)];
            }
        }
    }

    private void FillGrid(EnsembleBlock block)
    {
        for (int i = 0; i < block.Count; i++)
        {
            long rest = (block.First + i) / _alternatives;
            for (int v = _distributions.Length - 1; v >= 0; v--)
            {
                ImmutableArray<double> points = ((GridPoints)_distributions[v]).Values;
                block.Samples[(v * block.Count) + i] = points[(int)(rest % points.Length)];
                rest /= points.Length;
            }
        }
    }
}
