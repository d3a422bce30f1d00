using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Solvers;

/// <summary>Steps any explicit Runge-Kutta method, with a fixed step or under PI control.</summary>
/// <remarks>
/// The work block goes on with the other stages, the last of which are the slopes at the end, those of the dense output, and its sums.
/// </remarks>
internal sealed partial class ExplicitRungeKuttaStepper : OneStepStepper
{
    private readonly ButcherTableau _tableau;
    private readonly int _stages;
    private readonly bool _adaptive;
    private StepFunction _step = null!;
    private ExplicitCode _code = null!;

    public ExplicitRungeKuttaStepper(ButcherTableau tableau, StepControl control, StepSettings settings, int dimension, double[] data)
        : base(settings, control, tableau.ErrorOrder + 1, dimension, LengthOf(tableau, dimension), dimension * tableau.Stages, data)
    {
        _tableau = tableau;
        _stages = tableau.Stages;
        _adaptive = !tableau.E.IsEmpty;
        _dense = tableau.D.Length == 1 ? [.. tableau.D[0]] : [];
        _extends = tableau.ExtendsDense;
        _sums = SumsOf(tableau, dimension);
    }

    /// <inheritdoc/>
    protected override int Terms => N;

    /// <inheritdoc/>
    internal override void Use(MethodCode code)
    {
        base.Use(code);
        _code = (ExplicitCode)code;
        _step = _code.Step;
    }

    /// <inheritdoc/>
    public override StepStatus Step(double limit)
    {
        BeginIfFresh(limit);
        ref double states = ref FirstState;
        ref double data = ref MemoryMarshal.GetArrayDataReference(Data);
        ref double work = ref MemoryMarshal.GetArrayDataReference(Work);
        _extended = false;
        while (true)
        {
            double size = Clip(limit, out bool clipped);
            double error = _step(Time, size, ref states, ref data, ref work, Settings.Relative, Settings.Absolute) * ErrorScale;
            Evaluations += _tableau.RefusesEarly && !(error <= 1.0) ? _stages - 2 : _stages - 1;
            double end = clipped ? limit : Time + size;
            if (!_adaptive)
            {
                // The slopes at the end sum what every stage has touched, so one test finds any NaN.
                if (!Dense.IsFinite(EndStates) || !Dense.IsFinite(EndSlopes))
                {
                    return StepStatus.NotFinite;
                }

                (Size, EndTime) = (size, end);
                return StepStatus.Accepted;
            }

            if (error <= 1.0)
            {
                Pend(size, end, clipped, Growth(error));
                return StepStatus.Accepted;
            }

            if (!Shorten(size, error))
            {
                return IsMeasured(error) ? StepStatus.TooSmall : StepStatus.NotFinite;
            }
        }
    }

    /// <inheritdoc/>
    internal override void Exchange(StateArchive archive)
    {
        base.Exchange(archive);
        archive.Exchange(ref _extended);
    }

    /// <inheritdoc/>
    protected override double ErrorOf(int state)
    {
        ReadOnlySpan<double> weights = _tableau.E.AsSpan();
        double error = 0.0;
        for (int j = 0; j < weights.Length; j++)
        {
            error += weights[j] == 0.0 ? 0.0 : weights[j] * Work[((j + 1) * N) + state];
        }

        return error;
    }

    /// <inheritdoc/>
    protected override double Squares(ReadOnlySpan<double> values)
    {
        ReadOnlySpan<double> states = States;
        double sum = 0.0;
        for (int i = 0; i < values.Length; i++)
        {
            double ratio = values[i] / (Settings.Absolute + (Settings.Relative * Math.Abs(states[i])));
            sum += ratio * ratio;
        }

        return sum;
    }

    private static int SumsOf(ButcherTableau tableau, int dimension) => dimension * (tableau.Stages + tableau.Extra.Length + 1);

    private static int LengthOf(ButcherTableau tableau, int dimension) =>
        SumsOf(tableau, dimension) + (dimension * Math.Max(1, tableau.D.Length));
}
