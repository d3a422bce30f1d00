using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>Reads when a transition fires.</summary>
internal static class FiringRuleReader
{
    private static readonly string[] RuleNames = ["rule", "after", "command", "every", "rate"];

    /// <summary>The rule of a transition with a guard.</summary>
    public static FiringRule Read(ObjectReader reader, Condition guard)
    {
        string rule = reader.Choice("rule", "urgent", "edge", "permissive");
        string[] chosen = [.. RuleNames.Where(name => reader.Find(name) is not null)];
        if (chosen.Length > 1)
        {
            reader.Fault(chosen[1], $"a transition fires by one rule, but this one has '{chosen[0]}' and '{chosen[1]}'", "Remove one of the two.");
        }

        Belongs(reader, rule == "edge", "\"rule\": \"edge\"", "direction", "flowOnly", "initialValue");
        Belongs(reader, rule == "permissive", "\"rule\": \"permissive\"", "policy", "mean");
        Belongs(reader, reader.Find("after") is not null, "\"after\"", "survives", "instances");
        Belongs(reader, reader.Find("every") is not null, "\"every\"", "offset");
        if (reader.Find("after") is not null)
        {
            return new AfterRule(reader.Expression("after") ?? Expr.One, reader.Flag("survives", false), ReadInstances(reader));
        }

        if (reader.Find("command") is not null)
        {
            return new CommandRule(reader.Text("command") ?? "command");
        }

        if (reader.Find("every") is not null)
        {
            return new SampledRule(reader.Expression("every") ?? Expr.One, reader.Expression("offset"));
        }

        if (reader.Find("rate") is not null)
        {
            return new RateRule(reader.Expression("rate") ?? Expr.One);
        }

        return rule switch
        {
            "edge" => ReadEdge(reader, guard),
            "permissive" => ReadPermissive(reader),
            _ => FiringRule.Urgent,
        };
    }

    private static int ReadInstances(ObjectReader reader)
    {
        double count = reader.Number("instances") ?? 1.0;
        if (count == Math.Floor(count) && Math.Abs(count) <= int.MaxValue)
        {
            return (int)count;
        }

        reader.Fault("instances", FormattableString.Invariant($"{count} timers"), "Write a whole number, at least 1.");
        return 1;
    }

    private static PermissiveRule ReadPermissive(ObjectReader reader) => new(
        reader.Choice("policy", "asap", "alap", "random") switch
        {
            "alap" => PermissivePolicy.Alap,
            "random" => PermissivePolicy.Random,
            _ => PermissivePolicy.Asap,
        },
        reader.Find("mean") is null ? null : reader.Expression("mean") ?? Expr.One);

    private static EdgeRule ReadEdge(ObjectReader reader, Condition guard)
    {
        string chosen = reader.Choice("direction", "up", "down", "both");
        EdgeDirection direction = reader.Find("direction") is null
            ? EdgeRule.DirectionFor(guard)
            : chosen switch
            {
                "down" => EdgeDirection.Down,
                "both" => EdgeDirection.Both,
                _ => EdgeDirection.Up,
            };
        return new EdgeRule(direction, reader.Flag("flowOnly", false), reader.Number("initialValue"));
    }

    private static void Belongs(ObjectReader reader, bool fits, string rule, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!fits && reader.Find(name) is not null)
            {
                reader.Fault(name, $"'{name}' has no meaning here", $"It belongs to transitions with {rule}.");
            }
        }
    }
}
