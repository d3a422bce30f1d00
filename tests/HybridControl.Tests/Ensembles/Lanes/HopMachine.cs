using System.Collections.Immutable;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Ensembles.Lanes;

/// <summary>A ball by hand as a register machine: it falls in one mode and rises in the other, in fixed steps, and is kicked at random at each bounce.</summary>
internal static class HopMachine
{
    private const double Step = 1.0 / 64;
    private const double G = 9.81;
    private static readonly string[] Names =
    [
        "pc", "y", "v", "t", "e", "bounces", "kick", "status", "mode", "steps",
    ];

    /// <summary>A plan whose layout the machine fills: y and e vary, two events and the kicks are recorded.</summary>
    public static EnsemblePlan PlanOf(long size, double until = 4.0) => new()
    {
        Model = TestKit.Balls.Dropped(10.0, G, 0.8),
        Size = size,
        Until = until,
        Seed = 3,
        Variations = [new("y", new Uniform(0.5, 20.0)), new("e", new Uniform(0.4, 0.95))],
        Noise = [new NoiseInput("kick", new Uniform(0.0, 0.5), 1.0)],
        Recording = new() { EventSlots = 3 },
    };

    public static TrajectoryMachine Build(double until = 4.0)
    {
        SlotMap slots = new();
        foreach (string name in Names)
        {
            slots.Add(VariableKind.Parameter, name);
        }

        Expr y = R("y");
        Expr v = R("v");
        Expr t = R("t");
        Expr nextY = y + (Step * v) - (0.5 * G * Step * Step);
        Expr nextV = v - (G * Step);
        Condition inTime = t + Step <= until;
        return new TrajectoryMachine(
            [.. Names], [0.0, 1.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0], [1, 4],
            [
                Straight("start", -1, ("pc", Expr.Select(y >= 10.0, 1.0, 2.0)), ("v", Expr.Select(y >= 10.0, 0.0, 3.0))),
                Loop("fall", 0, inTime & nextY > 0.0, ("y", nextY), ("v", nextV), ("t", t + Step), ("steps", R("steps") + 1.0), ("mode", 0.0),
                    ("pc", Expr.Select(inTime, Expr.Select(nextY > 0.0, 1.0, 3.0), 4.0))),
                Loop("rise", 1, inTime & nextV > 0.0, ("y", nextY), ("v", nextV), ("t", t + Step), ("steps", R("steps") + 1.0), ("mode", 1.0),
                    ("pc", Expr.Select(inTime, Expr.Select(nextV > 0.0, 2.0, 1.0), 4.0))),
                Straight("bounce", 0, ("pc", 2.0), ("y", 0.0), ("v", (-R("e") * v) + R("kick")), ("bounces", R("bounces") + 1.0)) with
                {
                    Code = Program(2.0, 0.0, (-R("e") * v) + R("kick"), R("bounces") + 1.0, R("bounces"), t, R("bounces"), R("kick")),
                    Loads = [new MachineLoad(6, 0, 5)],
                    Stores = [new MachineStore(0, 4, 5), new MachineStore(1, 6, 7)],
                },
                Straight("end", -1, ("pc", -1.0)),
            ],
            [new("eventTimes", 3), new("eventTransitions", 3)],
            [7, 3, 8, 5, 9, 1, 2]);

        static Expr R(string name) => Expr.Variable(VariableKind.Parameter, name);

        ExprProgram Program(params Expr[] outputs) => ExprProgram.Compile(slots, outputs);

        MachineProgram Straight(string name, int mode, params (string Target, Expr Value)[] assignments) => new(
            name, mode, Program([.. assignments.Select(a => a.Value)]),
            [.. assignments.Select(a => Array.IndexOf(Names, a.Target))], false, [], []);

        MachineProgram Loop(string name, int mode, Condition again, params (string Target, Expr Value)[] assignments) => new(
            name, mode, Program([.. assignments.Select(a => a.Value), Expr.Select(again, 1.0, -1.0)]),
            [.. assignments.Select(a => Array.IndexOf(Names, a.Target))], true, [], []);
    }
}
