using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Benchmarks.Precision;

/// <summary>Stiff problems of the literature; the same equations stand in stiff.hpp for peers and references.</summary>
/// <remarks>
/// Equations: F. Mazzia and C. Magherini, Test Set for Initial Value Problem Solvers (Bari, begun at CWI Amsterdam), for HIRES, OREGO,
/// Van der Pol, pollution, the ring modulator, the transistor amplifier and Robertson; E. Hairer and G. Wanner, Solving Ordinary
/// Differential Equations II. References: references.cpp. Its results at tolerances of a factor 10 and more apart agree to 12 digits, and
/// with the published ones of the test set to 12 and more; for the ring modulator to 9: its four fast voltages move by 8e-13 from a
/// tolerance of 1e-14 to 1e-15, but are 7e-11 away from what is published.
/// </remarks>
internal static class StiffProblems
{
    /// <summary>All problems, in the order of the tables.</summary>
    public static IReadOnlyList<StiffProblem> All() =>
    [
        Robertson(), RobertsonRoots(), Hires(), Orego(), VanDerPol(), Pollution(), RingModulator.Problem(), Amplifier.Problem(), ProtheroRobinson(),
    ];

    private static ImmutableArray<string> NamesOf(HybridAutomaton model) => [.. model.States.Select(state => state.Name)];

    private static StiffProblem Of(
        string name, string title, HybridAutomaton model, double until, ImmutableArray<double> reference, double scale, double floor = 0.0) =>
        new(name, title, model, until, NamesOf(model), reference, scale, floor);

    private static (Expr[] States, Expr[] Rates) RobertsonFlow(AutomatonBuilder h)
    {
        Expr[] y = [h.State("y1", 1.0), h.State("y2"), h.State("y3")];
        Expr first = (-0.04 * y[0]) + (1e4 * y[1] * y[2]);
        Expr third = 3e7 * y[1] * y[1];
        return (y, [first, -first - third, third]);
    }

    private static StiffProblem Robertson() => Of(
        "robertson", "Robertson, 3 species, to 1e11",
        HybridAutomaton.Build("robertson", h =>
        {
            (Expr[] y, Expr[] rates) = RobertsonFlow(h);
            Flow(h.Mode("flow"), y, rates);
        }),
        1e11, [2.083340149701255e-8, 8.33336077033469e-14, 0.999999979166505], 1e-6);

    private static StiffProblem RobertsonRoots() => new(
        "robertson-roots", "Robertson: times of y3 = 0.01 and y1 = 1e-4",
        HybridAutomaton.Build("robertson-roots", h =>
        {
            (Expr[] y, Expr[] rates) = RobertsonFlow(h);
            ModeBuilder first = Flow(h.Mode("first"), y, rates);
            ModeBuilder second = Flow(h.Mode("second"), y, rates);
            ModeBuilder third = Flow(h.Mode("third"), y, rates);
            h.Transition(first, second).Guard(y[2] >= 0.01);
            h.Transition(second, third).Guard(y[0] <= 1e-4);
        }),
        2.1e7, [], [], 1e-6)
    {
        Events = [0.2640190781876326, 20795496.88302662],
    };

    private static StiffProblem Hires() => Of(
        "hires", "HIRES, 8 species of a plant's growth",
        HybridAutomaton.Build("hires", h =>
        {
            Expr[] y = States(h, [1, 0, 0, 0, 0, 0, 0, 0.0057]);
            Expr r = 280.0 * y[5] * y[7];
            Expr last = r - (1.81 * y[6]);
            Flow(h.Mode("flow"), y,
            [
                (-1.71 * y[0]) + (0.43 * y[1]) + (8.32 * y[2]) + 0.0007,
                (1.71 * y[0]) - (8.75 * y[1]),
                (-10.03 * y[2]) + (0.43 * y[3]) + (0.035 * y[4]),
                (8.32 * y[1]) + (1.71 * y[2]) - (1.12 * y[3]),
                (-1.745 * y[4]) + (0.43 * y[5]) + (0.43 * y[6]),
                -r + (0.69 * y[3]) + (1.71 * y[4]) - (0.43 * y[5]) + (0.69 * y[6]),
                last,
                -last,
            ]);
        }),
        321.8122,
        [
            7.37131257332566783e-4, 1.44248572631618466e-4, 5.88872974096757505e-5, 1.17565134328314915e-3,
            2.38635619883133054e-3, 6.23896825274279619e-3, 2.84999839518576850e-3, 2.85000160481423150e-3,
        ],
        1e-4);

    private static StiffProblem Orego() => Of(
        "orego", "OREGO, the Belousov-Zhabotinskii reaction",
        HybridAutomaton.Build("orego", h =>
        {
            Expr[] y = States(h, [1, 2, 3]);
            Flow(h.Mode("flow"), y,
            [
                77.27 * (y[1] + (y[0] * (1.0 - (8.375e-6 * y[0]) - y[1]))),
                (y[2] - ((1.0 + y[0]) * y[1])) / 77.27,
                0.161 * (y[0] - y[2]),
            ]);
        }),
        360.0, [1.00081487031852272, 1228.17852154988790, 132.055494284650990], 1.0);

    private static StiffProblem VanDerPol() => Of(
        "vdp1e6", "Van der Pol, mu = 1000 in time scaled by mu: 1e6 before the damping",
        HybridAutomaton.Build("van-der-pol", h =>
        {
            Expr[] y = States(h, [2, 0]);
            Flow(h.Mode("flow"), y, [y[1], 1e6 * (((1.0 - (y[0] * y[0])) * y[1]) - y[0])]);
        }),
        2.0, [1.706167732170465, -0.8928097010248166], 1.0);

    private static StiffProblem Pollution() => Of(
        "pollution", "pollution, 20 species of the air",
        HybridAutomaton.Build("pollution", h =>
        {
            Expr[] y = States(h, [0, 0.2, 0, 0.04, 0, 0, 0.1, 0.3, 0.01, 0, 0, 0, 0, 0, 0, 0, 0.007, 0, 0, 0]);
            Expr[] r =
            [
                0.35 * y[0], 26.6 * y[1] * y[3], 12300.0 * y[4] * y[1], 8.6e-4 * y[6], 8.2e-4 * y[6],
                15000.0 * y[6] * y[5], 1.3e-4 * y[8], 24000.0 * y[8] * y[5], 16500.0 * y[10] * y[1], 9000.0 * y[10] * y[0],
                0.022 * y[12], 12000.0 * y[9] * y[1], 1.88 * y[13], 16300.0 * y[0] * y[5], 4.8e6 * y[2],
                3.5e-4 * y[3], 0.0175 * y[3], 1e8 * y[15], 4.44e11 * y[15], 1240.0 * y[16] * y[5],
                2.1 * y[18], 5.78 * y[18], 0.0474 * y[0] * y[3], 1780.0 * y[18] * y[0], 3.12 * y[19],
            ];
            Flow(h.Mode("flow"), y,
            [
                -r[0] - r[9] - r[13] - r[22] - r[23] + r[1] + r[2] + r[8] + r[10] + r[11] + r[21] + r[24],
                -r[1] - r[2] - r[8] - r[11] + r[0] + r[20],
                -r[14] + r[0] + r[16] + r[18] + r[21],
                -r[1] - r[15] - r[16] - r[22] + r[14],
                -r[2] + (2.0 * r[3]) + r[5] + r[6] + r[12] + r[19],
                -r[5] - r[7] - r[13] - r[19] + r[2] + (2.0 * r[17]),
                -r[3] - r[4] - r[5] + r[12],
                r[3] + r[4] + r[5] + r[6],
                -r[6] - r[7],
                -r[11] + r[6] + r[8],
                -r[8] - r[9] + r[7] + r[10],
                r[8],
                -r[10] + r[9],
                -r[12] + r[11],
                r[13],
                -r[17] - r[18] + r[15],
                -r[19],
                r[19],
                -r[20] - r[21] - r[23] + r[22] + r[24],
                -r[24] + r[23],
            ]);
        }),
        60.0,
        [
            5.64625548002276927e-2, 0.134248413042233852, 4.13973433109942697e-9, 5.52314020748435994e-3, 2.01897726230219605e-7,
            1.46454186349396580e-7, 7.78424911899796414e-2, 0.324507535339601822, 7.49401338388040556e-3, 1.62229315730156036e-8,
            1.13586383325707483e-8, 2.23050597572135986e-3, 2.08716288279863004e-4, 1.39692101684015774e-5, 8.96488485689829418e-3,
            4.35284636933010368e-18, 6.89921969626340541e-3, 1.00780303736594595e-4, 1.77214651396998453e-6, 5.68294329231639344e-5,
        ],
        1e-6, 1e-6);

    private static StiffProblem ProtheroRobinson() => Of(
        "prothero", "Prothero and Robinson's equation, lambda = -1e6",
        HybridAutomaton.Build("prothero-robinson", h =>
        {
            Expr y = h.State("y", Math.Sin(0.5));
            h.Mode("flow").Flow(y, (-1e6 * (y - Expr.Sin(Expr.Time + 0.5))) + Expr.Cos(Expr.Time + 0.5));
        }),
        10.0, [Math.Sin(10.5)], 1.0);

    internal static Expr[] States(AutomatonBuilder h, double[] start) =>
        [.. start.Select((value, i) => h.State(FormattableString.Invariant($"y{i + 1}"), value))];

    internal static ModeBuilder Flow(ModeBuilder mode, Expr[] states, Expr[] rates)
    {
        for (int i = 0; i < states.Length; i++)
        {
            mode.Flow(states[i], rates[i]);
        }

        return mode;
    }
}
