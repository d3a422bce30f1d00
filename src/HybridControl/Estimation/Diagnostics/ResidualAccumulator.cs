using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Gathers the residuals of one component.</summary>
internal sealed class ResidualAccumulator
{
    private readonly string _name;
    private readonly WhitenessAccumulator? _whiteness;
    private readonly PitCounts _pit = new(central: true);
    private RunMeans _biases;
    private RunMeans _spreads;
    private double _sum;
    private double _squares;
    private double _residuals;
    private double _variances;

    /// <param name="name">Name of the component.</param>
    /// <param name="lags">Lags of the autocorrelation; 0 where residuals of a run are not independent and nothing is gathered.</param>
    public ResidualAccumulator(string name, int lags)
    {
        _name = name;
        _whiteness = lags > 0 ? new(lags) : null;
    }

    public void BeginRun()
    {
        _biases.EndRun();
        _spreads.EndRun();
        _whiteness?.BeginRun();
    }

    /// <param name="residual">Residual; NaN if missing.</param>
    /// <param name="deviation">Its stated standard deviation.</param>
    public void Add(double residual, double deviation)
    {
        double unit = deviation > 0.0 ? residual / deviation : double.NaN;
        _whiteness?.Add(unit);
        if (double.IsNaN(unit))
        {
            return;
        }

        _pit.Add(NormalLaw.Cdf(unit));
        _biases.Add(unit);
        _spreads.Add(unit * unit);
        _sum += unit;
        _squares += unit * unit;
        _residuals += residual * residual;
        _variances += deviation * deviation;
    }

    public ResidualReport ToReport()
    {
        (RunMeans biases, RunMeans spreads) = (_biases, _spreads);
        biases.EndRun();
        spreads.EndRun();
        double n = _pit.Count;
        bool independent = _whiteness is not null;
        return new(
            _name,
            _pit.Count,
            Bias: _sum / n,
            BiasPValue: n == 0 ? double.NaN : independent ? ChiSquare.Tail(1.0, _sum * _sum / n) : biases.PValue(0.0, double.PositiveInfinity),
            Spread: _squares / n,
            SpreadPValue: n == 0 ? double.NaN : independent ? ChiSquare.TwoSided(n, _squares) : spreads.PValue(1.0, 2.0),
            Rms: Math.Sqrt(_residuals / n),
            StatedRms: Math.Sqrt(_variances / n),
            _pit.ToHistogram(),
            _pit.ToCoverage(),
            _whiteness?.ToWhiteness());
    }
}
