using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>The affine forms that a guard is made of: itself, or terms of a conjunction or disjunction.</summary>
/// <remarks>
/// One term of a conjunction that is proved disabled proves the whole disabled, and its composed polynomial proves so for
/// a tenth of the price of a ball of the whole. Terms that rest during a step, such as booleans, are forms too.
/// </remarks>
internal sealed class GuardParts
{
    private GuardParts(GuardShape shape, AffineForm[] forms, bool isWhole)
    {
        Shape = shape;
        Forms = forms;
        IsWhole = isWhole;
    }

    /// <summary>A guard without affine forms.</summary>
    public static GuardParts None { get; } = new(GuardShape.General, [], false);

    /// <summary>How the forms make up the guard.</summary>
    public GuardShape Shape { get; }

    /// <summary>The forms.</summary>
    public AffineForm[] Forms { get; }

    /// <summary>Whether the guard has no other terms.</summary>
    public bool IsWhole { get; }

    /// <summary>The parts of a node; adds nodes for coefficients to the graph.</summary>
    public static GuardParts Extract(ExprGraph graph, int node)
    {
        if (AffineForm.TryExtract(graph, node) is { } affine)
        {
            return new(GuardShape.Affine, [affine], true);
        }

        OpCode join = graph.Nodes[node].Op;
        if (join is not (OpCode.Min or OpCode.Max))
        {
            return None;
        }

        var terms = new List<int>();
        Flatten(graph, node, join, terms);
        AffineForm[] forms = [.. terms.Select(term => AffineForm.TryExtract(graph, term, mayRest: true)).OfType<AffineForm>()];
        GuardShape shape = join == OpCode.Min ? GuardShape.Minimum : GuardShape.Maximum;
        return forms.Length == 0 ? None : new(shape, forms, forms.Length == terms.Count);
    }

    private static void Flatten(ExprGraph graph, int node, OpCode join, List<int> terms)
    {
        GraphNode current = graph.Nodes[node];
        if (current.Op == join)
        {
            Flatten(graph, current.A, join, terms);
            Flatten(graph, current.B, join, terms);
        }
        else
        {
            terms.Add(node);
        }
    }
}
