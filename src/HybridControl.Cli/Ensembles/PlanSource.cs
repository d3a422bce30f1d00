using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Serialization;

namespace HybridControl.Cli.Ensembles;

/// <summary>Stand-in.</summary>
internal static class PlanSource
{
    public static bool IsPlan(string path) => false;

    public static EnsemblePlan Load(string path) => throw new NotSupportedException(path);

    public static EnsemblePlan Parse(string text, string name) => throw new NotSupportedException(name + text);

    public static string Text(EnsemblePlan plan) => ModelFile.Write(plan.Model);
}
