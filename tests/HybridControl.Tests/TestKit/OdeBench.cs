using HybridControl.Dynamics;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Tests.TestKit;

/// <summary>Right-hand sides for steppers, without an automaton around them.</summary>
internal static class OdeBench
{
    /// <summary>Compiles derivatives, one for each state of the slots.</summary>
    public static OdeFunction Compile(SlotMap slots, params Expr[] derivatives)
    {
        var graph = new ExprGraph(slots);
        int[] outputs = [.. derivatives.Select(graph.Add)];
        var program = new ExprProgram(graph, outputs);
        var emitter = new FunctionEmitter("bench", graph);
        string name = emitter.AddVector(program);
        emitter.Bake();
        return new OdeFunction(derivatives.Length, emitter.Bind<VectorFunction>(name), program, graph);
    }

    /// <summary>x' = x cos t and y' = y (1 - y), from 1 and 1/4: e^(sin t) and the logistic curve.</summary>
    public static OdeFunction Smooth { get; } = MakeSmooth();

    /// <summary>Euler's equations of a rigid body that spins freely.</summary>
    public static OdeFunction Spin { get; } = MakeSpin();

    public static double[] SmoothAt(double t) => [Math.Exp(Math.Sin(t)), 1.0 / (1.0 + (3.0 * Math.Exp(-t)))];

    /// <summary>A method that takes steps of one size, whatever its error estimate says.</summary>
    public static Solver WithStep(Solver solver, double size) => solver switch
    {
        AdaptiveSolver adaptive => adaptive with
        {
            RelativeTolerance = 0.9,
            AbsoluteTolerance = 1e6,
            InitialStep = size,
            MaximumStep = size,
        },
        FixedStepRungeKutta constant => constant with { Step = size },
        _ => solver,
    };

    /// <summary>A stepper at a state.</summary>
    public static Stepper Start(Solver solver, OdeFunction function, double time, ReadOnlySpan<double> states)
    {
        Stepper stepper = solver.Start(function.Dimension, new double[8]);
        stepper.Use(solver.Compile(function));
        states.CopyTo(stepper.States);
        stepper.Restart(time, keepSize: false);
        return stepper;
    }

    private static OdeFunction MakeSpin()
    {
        var slots = new SlotMap();
        Expr[] w = [.. new[] { "w1", "w2", "w3" }.Select(name => Expr.Variable(VariableKind.State, name))];
        Array.ForEach(w, state => slots.Add(VariableKind.State, state.Name!));
        return Compile(slots, -2.0 * w[1] * w[2], 1.25 * w[0] * w[2], -0.5 * w[0] * w[1]);
    }

    private static OdeFunction MakeSmooth()
    {
        var slots = new SlotMap();
        slots.Add(VariableKind.State, "x");
        slots.Add(VariableKind.State, "y");
        (Expr x, Expr y) = (Expr.Variable(VariableKind.State, "x"), Expr.Variable(VariableKind.State, "y"));
        return Compile(slots, x * Expr.Cos(Expr.Time), y * (1.0 - y));
    }

    /// <summary>Takes steps with their dense output, and begins anew from time to time, with and without the size of the last one.</summary>
    public static void StepOn(Stepper stepper, double[] dense, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            stepper.Step(1e9);
            stepper.WriteDense(dense);
            stepper.Accept();
            if (i % 16 == 0)
            {
                stepper.Restart(stepper.Time, keepSize: i % 32 == 0);
            }
        }
    }
}
