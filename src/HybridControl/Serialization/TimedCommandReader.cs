using HybridControl.Automata;

namespace HybridControl.Serialization;

/// <summary>Reads timed commands and settings: { "at": 5, "command": "takeoff" }.</summary>
internal static class TimedCommandReader
{
    /// <summary>Reads one entry of a list of commands; an entry that sets several variables is several commands.</summary>
    public static void Read(ReadingContext context, string path, SourceNode value, Action<TimedCommand, string> add)
    {
        var reader = ObjectReader.Open(context, value, path, ModelProperties.TimedCommand, "{ \"at\": 5, \"command\": \"takeoff\" }");
        if (reader is null)
        {
            return;
        }

        double at = reader.RequiredNumber("at");
        bool sets = reader.Find("set") is not null;
        if (reader.Find("command") is not null == sets)
        {
            reader.Fault(null, sets ? "a timed command has either 'command' or 'set', not both" : "a timed command needs 'command' or 'set'",
                "Write { \"at\": 5, \"command\": \"takeoff\" } or { \"at\": 5, \"set\": { \"gust\": 4 } }.");
        }

        if (reader.Text("command") is { } label)
        {
            add(TimedCommand.Give(at, label), path);
        }

        foreach ((string name, string place, SourceNode number) in reader.Section("set", "{ \"gust\": 4 }"))
        {
            bool truth = number.Kind == SourceKind.Boolean && context.Scope.IsBoolean(name);
            if (number.Kind != SourceKind.Number && !truth)
            {
                context.Fault(number, place, $"a number is expected, but this is {number.Describe()}", "A scenario sets numbers, not formulas.");
            }

            add(TimedCommand.Assign(at, name, truth ? (number.Flag ? 1.0 : 0.0) : number.Number), path);
        }
    }
}
