using System.Collections.Immutable;
using HybridControl.Automata;

namespace HybridControl.Tests.Simulation.Networks;

/// <summary>Multiplies the regions of a composed automaton out: the plain automaton that a network stands for.</summary>
internal static class ProductAutomaton
{
    /// <summary>One mode for each combination of locations; only for transitions without labels.</summary>
    public static HybridAutomaton Of(HybridAutomaton network)
    {
        Mode[][] regions = [.. network.Regions.Select(region => network.Modes.Where(mode => mode.Region == region).ToArray())];
        IEnumerable<Mode[]> tuples = [[]];
        foreach (Mode[] region in regions)
        {
            tuples = tuples.SelectMany(tuple => region.Select(mode => (Mode[])[.. tuple, mode]));
        }

        Mode[][] all = [.. tuples];
        return network with
        {
            Modes =
            [
                .. all.Select(tuple => new Mode(
                    NameOf(tuple), new ExprFlow([.. tuple.SelectMany(mode => ((ExprFlow)mode.Flow).Derivatives)]), [.. tuple.SelectMany(mode => mode.Invariants)])),
            ],
            Transitions = [.. network.Transitions.SelectMany(transition => Copies(transition, all))],
        };
    }

    private static ImmutableArray<Transition> Copies(Transition transition, Mode[][] all)
    {
        var copies = ImmutableArray.CreateBuilder<Transition>();
        foreach (Mode[] tuple in all)
        {
            int moved = Array.FindIndex(tuple, mode => mode.Name == transition.From);
            if (moved >= 0)
            {
                Mode[] target = [.. tuple];
                target[moved] = all.SelectMany(modes => modes).First(mode => mode.Name == transition.To);
                copies.Add(transition with { Name = $"{transition.Name} in {NameOf(tuple)}", From = NameOf(tuple), To = NameOf(target) });
            }
        }

        return copies.ToImmutable();
    }

    private static string NameOf(Mode[] tuple) => string.Join(" | ", tuple.Select(mode => mode.Name));
}
