namespace HybridControl.Solvers;

/// <content>The choice of the order.</content>
internal sealed partial class RadauStepper
{
    private const double FastRate = 0.002; // of Newton's iteration, that calls for a higher order
    private const double SlowRate = 0.8; // that calls for a lower one
    private const double LeastSteadiness = 0.8; // of the step size, between which a higher order is thought of
    private const double MostSteadiness = 2.0;
    private const int LeastTrials = 10; // before a higher order

    private const double DenseTolerance = 10.0; // of dense output, beside that of the run; at most that of the ends of steps

    private double _rate; // of Newton's iteration lately
    private int _trials; // since the order changed
    private bool _failed; // an iteration that did not converge is not answered yet

    private void Become(RadauScheme scheme)
    {
        _scheme = scheme;
        _end = (scheme.Stages - 1) * _n;
        _relative = 0.1 * Math.Pow(_settings.Relative, scheme.Exponent);
        _absolute = _settings.Absolute / _settings.Relative * _relative;
        double share = Math.Max(1.0, _relative / (DenseTolerance * _settings.Relative));
        _denseShare = share * share;
        _newtonTolerance = Math.Max(10.0 * Epsilon / _relative, Math.Min(0.03, Math.Pow(_relative, (1.0 / scheme.Exponent) - 1.0)));
        _trials = 0;
    }

    // A fast iteration shows that longer steps of a higher order would converge too; a slow one, that these are too long.
    private void ChooseOrder()
    {
        _trials++;
        _rate = Math.Min(10.0, Math.Max(_contraction0, 0.5 * _rate));
        double growth = _next / _lastSize;
        int stages = _scheme.Stages;
        if (_rate >= SlowRate || _failed)
        {
            stages = Math.Max(_leastStages, stages - 2);
        }
        else if (_trials > LeastTrials && _iterations > 1 && _rate <= FastRate && growth is > LeastSteadiness and < MostSteadiness)
        {
            stages = Math.Min(_mostStages, stages + 2);
        }

        _failed = false;
        if (stages != _scheme.Stages)
        {
            Become(RadauScheme.Of(stages));
            _system.Forget();
            Weigh();
        }
    }
}
