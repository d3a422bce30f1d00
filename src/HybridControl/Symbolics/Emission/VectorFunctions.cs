using System.Runtime.CompilerServices;

namespace HybridControl.Symbolics.Emission;

/// <summary>Compiles groups of expressions that share their variables, each group to one function.</summary>
internal static class VectorFunctions
{
    /// <summary>Emits the groups, or wraps the interpreter where no code can be emitted.</summary>
    /// <param name="name">Name for the emitted type.</param>
    /// <param name="slots">Where variables live.</param>
    /// <param name="groups">The expressions of each function, in the order of its results.</param>
    public static VectorFunction[] Compile(string name, SlotMap slots, params ReadOnlySpan<Expr[]> groups)
    {
        var graph = new ExprGraph(slots);
        var programs = new ExprProgram[groups.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            int[] outputs = [.. groups[i].Select(e => graph.Add(Simplifier.Simplify(e)))];
            programs[i] = new ExprProgram(graph, outputs);
        }

        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return [.. programs.Select(program => InterpretedFunctions.Vector(program, slots.StateCount, slots.DataCount))];
        }

        var emitter = new FunctionEmitter(name, graph);
        string[] methods = [.. programs.Select(emitter.AddVector)];
        emitter.Bake();
        return [.. methods.Select(emitter.Bind<VectorFunction>)];
    }
}
