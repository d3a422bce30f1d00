using HybridControl.Diagnostics;
using HybridControl.Solvers;

namespace HybridControl.Serialization;

/// <summary>Reads a solver: its name, or an object of its name and settings.</summary>
internal static class SolverReader
{
    /// <summary>The solver of the property <c>solver</c>; null if it is absent or faulty.</summary>
    /// <param name="context">Takes the faults.</param>
    /// <param name="owner">The object that has the property.</param>
    /// <param name="usual">Name of the method where only settings are given.</param>
    public static Solver? Read(ReadingContext context, ObjectReader owner, string usual)
    {
        if (owner.Find("solver") is not { } node)
        {
            return null;
        }

        string path = owner.PathOf("solver");
        try
        {
            if (node.Kind == SourceKind.Text)
            {
                return SolverCatalog.Create(node.Text);
            }

            var reader = ObjectReader.Open(context, node, path, PlanProperties.Solver, "{ \"method\": \"dp5\", \"relativeTolerance\": 1e-6 }");
            return reader is null
                ? null
                : SolverCatalog.Create(
                    reader.Text("method") ?? usual, reader.Number("relativeTolerance"), reader.Number("absoluteTolerance"),
                    reader.Number("maximumStep"), reader.Number("step"));
        }
        catch (ModelException fault)
        {
            foreach (Finding finding in fault.Findings)
            {
                context.Fault(node, path, finding.What, finding.Mend);
            }

            return null;
        }
    }
}
