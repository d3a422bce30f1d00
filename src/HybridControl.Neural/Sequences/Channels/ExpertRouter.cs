namespace HybridControl.Neural.Sequences.Channels;

/// <summary>Chooses experts for one token at a time from the logits of a router, in double precision. Not for several threads.</summary>
/// <remarks>
/// Softmax before the choice: Lepikhin et al., "GShard", arXiv 2006.16668. Softmax after it: Jiang et al., "Mixtral of Experts",
/// arXiv 2401.04088. Sigmoid, bias of the choice and limits by group: DeepSeek-AI, "DeepSeek-V3", arXiv 2412.19437, section 2.1.2; the
/// score of a group is the sum of its two greatest. Of equal scores the first expert is taken.
/// </remarks>
internal sealed class ExpertRouter
{
    private const double LeastSum = 1e-20;

    private readonly double[] _scores;
    private readonly double[] _ranks;
    private readonly double[] _groupRanks;

    public ExpertRouter(int experts)
    {
        (_scores, _ranks) = (new double[experts], new double[experts]);
        _groupRanks = new double[experts];
    }

    public required RouterKind Kind { get; init; }

    /// <summary>Added to the scores for the choice alone; empty for none.</summary>
    public double[] Bias { get; init; } = [];

    /// <summary>Groups of experts; experts are chosen from <see cref="ChosenGroups"/> of them.</summary>
    public int Groups { get; init; } = 1;

    public int ChosenGroups { get; init; } = 1;

    /// <summary>Whether the weights of the chosen are divided by their sum.</summary>
    public bool Renormalize { get; init; }

    /// <summary>Factor of all weights.</summary>
    public double Scale { get; init; } = 1.0;

    /// <summary>Chooses as many experts as there is room for.</summary>
    public void Choose(ReadOnlySpan<double> logits, Span<int> experts, Span<double> weights)
    {
        Score(logits);
        KeepGreatest(experts);
        for (int i = 0; i < experts.Length; i++)
        {
            weights[i] = _scores[experts[i]];
        }

        if (Kind == RouterKind.SoftmaxChosen)
        {
            Softmax(weights);
        }

        double factor = Scale;
        if (Renormalize)
        {
            double sum = LeastSum;
            foreach (double weight in weights)
            {
                sum += weight;
            }

            factor /= sum;
        }

        foreach (ref double weight in weights)
        {
            weight *= factor;
        }
    }

    private void Score(ReadOnlySpan<double> logits)
    {
        logits.CopyTo(_scores);
        switch (Kind)
        {
            case RouterKind.SoftmaxAll:
                Softmax(_scores);
                break;
            case RouterKind.Sigmoid:
                foreach (ref double score in _scores.AsSpan())
                {
                    score = 1.0 / (1.0 + Math.Exp(-score));
                }

                break;
        }

        for (int e = 0; e < _ranks.Length; e++)
        {
            _ranks[e] = _scores[e] + (Bias.Length == 0 ? 0.0 : Bias[e]);
        }

        if (ChosenGroups < Groups)
        {
            DropGroups();
        }
    }

    /// <summary>Experts outside the best groups count as 0: less than any score without bias, but more than one that a bias made negative.</summary>
    private void DropGroups()
    {
        int size = _ranks.Length / Groups;
        Span<double> groups = _groupRanks.AsSpan(0, Groups);
        for (int g = 0; g < Groups; g++)
        {
            (double first, double second) = (double.NegativeInfinity, double.NegativeInfinity);
            foreach (double rank in _ranks.AsSpan(g * size, size))
            {
                if (rank > first)
                {
                    (first, second) = (rank, first);
                }
                else if (rank > second)
                {
                    second = rank;
                }
            }

            groups[g] = size == 1 ? first : first + second;
        }

        for (int dropped = Groups - ChosenGroups; dropped > 0; dropped--)
        {
            int least = -1;
            for (int g = 0; g < Groups; g++)
            {
                if (!double.IsPositiveInfinity(groups[g]) && (least < 0 || groups[g] <= groups[least]))
                {
                    least = g;
                }
            }

            groups[least] = double.PositiveInfinity;
            _ranks.AsSpan(least * size, size).Clear();
        }
    }

    private void KeepGreatest(Span<int> experts)
    {
        for (int i = 0; i < experts.Length; i++)
        {
            int best = -1;
            for (int e = 0; e < _ranks.Length; e++)
            {
                if (!experts[..i].Contains(e) && (best < 0 || _ranks[e] > _ranks[best]))
                {
                    best = e;
                }
            }

            experts[i] = best;
        }
    }

    private static void Softmax(Span<double> values)
    {
        double greatest = double.NegativeInfinity;
        foreach (double value in values)
        {
            greatest = Math.Max(greatest, value);
        }

        double sum = 0.0;
        foreach (ref double value in values)
        {
            value = Math.Exp(value - greatest);
            sum += value;
        }

        foreach (ref double value in values)
        {
            value /= sum;
        }
    }
}
