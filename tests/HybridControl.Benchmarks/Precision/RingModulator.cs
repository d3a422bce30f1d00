using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Precision;

/// <summary>The ring modulator: four diodes that mix a low and a high frequency, 15 states.</summary>
internal static class RingModulator
{
    /// <summary>The problem, with its small capacitances at 2e-12 F.</summary>
    public static StiffProblem Problem()
    {
        HybridAutomaton model = Model();
        return new(
            "ring", "ring modulator, 15 states", model, 1e-3, [.. model.States.Select(state => state.Name)],
            [
                -0.02339057358437162, -0.00736748548600824, 0.2582956709993053, -0.4064465720586822, -0.4039455664454255,
                0.2607966766125622, 0.1106761861273299, 2.939904342433009e-07, -2.840029933066502e-08, 0.000726719826729145,
                0.0007929487197023247, -0.0007255283495765856, -0.000794140196854884, 7.088495416875679e-05, 2.390059075277107e-05,
            ],
            1e-3, 1e-4);
    }

    private static HybridAutomaton Model() => HybridAutomaton.Build("ring-modulator", h =>
    {
        const double C = 1.6e-8;
        const double Small = 2e-12;
        const double Cp = 1e-8;
        const double R = 25e3;
        const double Rp = 50.0;
        const double Lh = 4.45;
        const double Ls1 = 2e-3;
        const double Ls2 = 5e-4;
        const double Rg1 = 36.3;
        const double Rg2 = 17.3;
        const double Ri = 50.0;
        const double Rc = 600.0;
        Expr[] y = StiffProblems.States(h, new double[15]);
        Expr low = 0.5 * Expr.Sin(2000.0 * Math.PI * Expr.Time);
        Expr high = 2.0 * Expr.Sin(20000.0 * Math.PI * Expr.Time);
        Expr q1 = Diode(y[2] - y[4] - y[6] - high);
        Expr q2 = Diode(-y[3] + y[5] - y[6] - high);
        Expr q3 = Diode(y[3] + y[4] + y[6] + high);
        Expr q4 = Diode(-y[2] - y[5] + y[6] + high);
        StiffProblems.Flow(h.Mode("flow"), y,
        [
            (y[7] - (0.5 * y[9]) + (0.5 * y[10]) + y[13] - (y[0] / R)) / C,
            (y[8] - (0.5 * y[11]) + (0.5 * y[12]) + y[14] - (y[1] / R)) / C,
            (y[9] - q1 + q4) / Small,
            (-y[10] + q2 - q3) / Small,
            (y[11] + q1 - q3) / Small,
            (-y[12] - q2 + q4) / Small,
            (-(y[6] / Rp) + q1 + q2 - q3 - q4) / Cp,
            -y[0] / Lh,
            -y[1] / Lh,
            ((0.5 * y[0]) - y[2] - (Rg2 * y[9])) / Ls2,
            ((-0.5 * y[0]) + y[3] - (Rg2 * y[10])) / Ls2,
            ((0.5 * y[1]) - y[4] - (Rg2 * y[11])) / Ls2,
            ((-0.5 * y[1]) + y[5] - (Rg2 * y[12])) / Ls2,
            (-y[0] + low - ((Ri + Rg1) * y[13])) / Ls1,
            (-y[1] - ((Rc + Rg1) * y[14])) / Ls1,
        ]);
    });

    private static Expr Diode(Expr voltage) => 40.67286402e-9 * (Expr.Exp(17.7493332 * voltage) - 1.0);
}
