namespace HybridControl.Simulation;

/// <content>Samples and extrema, for guards without bounds: what is found is an event, what is not found may exist.</content>
internal partial class EventSearch
{
    private const int Intervals = 32;
    private const int GoldenRounds = 40;
    private const double Golden = 0.6180339887498949;

    private double[]? _samples;

    private void SearchSamples(double start, double end)
    {
        _scale = 0.0;
        double[] samples = _samples ??= new double[Intervals + 1];
        for (int i = 0; i <= Intervals; i++)
        {
            double g = SampleValue(SamplePoint(start, end, i));
            samples[i] = g;
            _invalid |= !double.IsFinite(g);
            _scale = Math.Max(_scale, Math.Abs(g));
        }

        bool stop = _invalid;
        for (int i = 0; i <= Intervals && !stop; i++)
        {
            double at = SamplePoint(start, end, i);
            double peak = double.NaN;
            if (i > 0 && i < Intervals)
            {
                double sign = _state.Side < 0 ? 1.0 : -1.0;
                double s = sign * samples[i];
                if (s < 0.0 && s > sign * samples[i - 1] && s >= sign * samples[i + 1])
                {
                    peak = Peak(sign, SamplePoint(start, end, i - 1), SamplePoint(start, end, i + 1));
                }
            }

            stop = (peak < at && FeedAt(peak, PieceProof.None)) || FeedAt(at, PieceProof.None) ||
                (peak > at && FeedAt(peak, PieceProof.None));
        }

        _scale = 0.0;
    }

    private static double SamplePoint(double start, double end, int i) =>
        i == Intervals ? end : start + ((end - start) * i / Intervals);

    /// <summary>Golden section, up to the first point past zero.</summary>
    private double Peak(double sign, double l, double r)
    {
        double x = r - (Golden * (r - l));
        double y = l + (Golden * (r - l));
        double gx = sign * SampleValue(x);
        double gy = sign * SampleValue(y);
        for (int round = 0; round < GoldenRounds; round++)
        {
            if (gx > gy)
            {
                if (gx > 0.0)
                {
                    return x;
                }

                (r, y, gy) = (y, x, gx);
                x = r - (Golden * (r - l));
                gx = sign * SampleValue(x);
            }
            else
            {
                if (gy > 0.0)
                {
                    return y;
                }

                (l, x, gx) = (x, y, gy);
                y = l + (Golden * (r - l));
                gy = sign * SampleValue(y);
            }
        }

        return gx > gy ? x : y;
    }
}
