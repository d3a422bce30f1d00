using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Automata;

/// <summary>The functions of one mode, emitted or interpreted.</summary>
/// <param name="Derivatives">Right-hand side; null for a delegate flow.</param>
/// <param name="Values">Watched functions on doubles.</param>
/// <param name="Enclosures">Watched functions on balls.</param>
/// <param name="Jets">Watched functions on jets.</param>
internal sealed record ModeCode(
    VectorFunction? Derivatives, PointFunction<double>[] Values, PointFunction<Ball>[] Enclosures, PointFunction<Jet>[] Jets)
{
    /// <summary>Emits code.</summary>
    public static ModeCode Emit(string name, ExprGraph graph, ExprProgram? flow, ExprProgram[] watches)
    {
        var emitter = new FunctionEmitter(name, graph);
        string? derivatives = flow is null ? null : emitter.AddVector(flow);
        string[] values = [.. watches.Select(program => emitter.AddPoint(program, typeof(double)))];
        string[] enclosures = [.. watches.Select(program => emitter.AddPoint(program, typeof(Ball)))];
        string[] jets = [.. watches.Select(program => emitter.AddPoint(program, typeof(Jet)))];
        emitter.Bake();
        return new(
            derivatives is null ? null : emitter.Bind<VectorFunction>(derivatives),
            [.. values.Select(emitter.Bind<PointFunction<double>>)],
            [.. enclosures.Select(emitter.Bind<PointFunction<Ball>>)],
            [.. jets.Select(emitter.Bind<PointFunction<Jet>>)]);
    }

    /// <summary>Wraps the interpreter, where no code can be emitted.</summary>
    public static ModeCode Interpret(int states, int data, ExprProgram? flow, ExprProgram[] watches) => new(
        flow is null ? null : InterpretedFunctions.Vector(flow, states, data),
        [.. watches.Select(program => InterpretedFunctions.Point(program, states, data))],
        [.. watches.Select(program => InterpretedFunctions.Point<Ball>(program, states, data))],
        [.. watches.Select(program => InterpretedFunctions.Point<Jet>(program, states, data))]);
}
