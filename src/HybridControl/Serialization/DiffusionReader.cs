using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads Wiener processes and the diffusions of modes.</summary>
internal static class DiffusionReader
{
    /// <summary>The processes that a model declares.</summary>
    public static ImmutableArray<WienerProcess> ReadProcesses(ReadingContext context, ObjectReader model)
    {
        var processes = ImmutableArray.CreateBuilder<WienerProcess>();
        foreach ((string path, SourceNode value) in model.List("wiener", "[ \"w\" ]"))
        {
            if (value.Kind == SourceKind.Text)
            {
                context.Place($"wiener.{value.Text}", value.Offset);
                processes.Add(new(value.Text));
            }
            else
            {
                context.Fault(value, path, $"a name is expected, but this is {value.Describe()}", "Write the names of processes as texts.");
            }
        }

        return processes.ToImmutable();
    }

    /// <summary>The diffusion of a mode: for each state a formula, or an object from processes to formulas.</summary>
    public static ImmutableArray<DiffusionTerm> ReadTerms(ReadingContext context, ObjectReader mode)
    {
        var terms = ImmutableArray.CreateBuilder<DiffusionTerm>();
        foreach ((string state, string path, SourceNode value) in mode.Section("diffusion", "\"diffusion\": { \"x\": \"sigma*x\" }"))
        {
            if (value.Kind != SourceKind.Object)
            {
                terms.Add(new(state, state, context.Expression(value, path) ?? Expr.Zero));
                continue;
            }

            foreach ((string process, string place, SourceNode formula) in ObjectReader.Open(context, value, path, "")!.Entries())
            {
                terms.Add(new(state, process, context.Expression(formula, place) ?? Expr.Zero));
            }
        }

        return terms.ToImmutable();
    }
}
