using HybridControl.Estimation;

namespace HybridControl.Tests.TestKit;

/// <summary>The exact posterior of a jump-linear system of two modes and two states over a few steps: a Kalman filter for every history of modes.</summary>
public sealed record ExactModes(
    double[] Probabilities, double[] Positions, double[] Speeds, double[] SpeedVariances, double LogLikelihood)
{
    /// <summary>Sums over all histories.</summary>
    /// <param name="filters">New filters, one for each mode, with sensors.</param>
    /// <param name="chain">Entry (i, j) is the probability of mode j after mode i.</param>
    /// <param name="initial">Probabilities of the modes before the first step.</param>
    /// <param name="measurements">A measurement for each step of one second.</param>
    public static ExactModes Of(Func<GaussianFilter[]> filters, double[][] chain, double[] initial, double[][] measurements)
    {
        int steps = measurements.Length;
        var (p, m0, m1, s1) = (new double[steps], new double[steps], new double[steps], new double[steps]);
        GaussianFilter[] start = filters();
        List<(int Mode, double Weight, GaussianBelief Belief)> histories =
            [.. initial.Select((weight, mode) => (mode, weight, start[mode].Belief.Copy()))];
        double logLikelihood = 0.0;
        for (int k = 0; k < steps; k++)
        {
            List<(int Mode, double Weight, GaussianBelief Belief)> next = [];
            foreach ((int mode, double weight, GaussianBelief belief) in histories)
            {
                for (int j = 0; j < chain.Length; j++)
                {
                    GaussianFilter filter = filters()[j];
                    filter.Restart(belief, k);
                    filter.Predict(k + 1);
                    filter.Update(measurements[k]);
                    next.Add((j, weight * chain[mode][j] * Math.Exp(filter.Innovation.LogLikelihood), filter.Belief.Copy()));
                }
            }

            double sum = next.Sum(history => history.Weight);
            logLikelihood += Math.Log(sum);
            histories = [.. next.Select(history => history with { Weight = history.Weight / sum })];
            p[k] = histories.Where(history => history.Mode == 1).Sum(history => history.Weight);
            m0[k] = histories.Sum(history => history.Weight * history.Belief.Mean[0]);
            double mean = m1[k] = histories.Sum(history => history.Weight * history.Belief.Mean[1]);
            s1[k] = histories.Sum(history => history.Weight *
                (history.Belief.Variance(1) + ((history.Belief.Mean[1] - mean) * (history.Belief.Mean[1] - mean))));
        }

        return new ExactModes(p, m0, m1, s1, logLikelihood);
    }
}
