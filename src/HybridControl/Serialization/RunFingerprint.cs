using System.Buffers.Binary;
using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Serialization;

/// <summary>What decides a run apart from its state: the model, the options, the commands and the sampled blocks, part by part.</summary>
/// <remarks>
/// The model by its canonical JSON, so that formulas, tables and signals count and a C# delegate is refused by name; everything else
/// by the public properties of its objects. Parts are kept with a name and a short text, so that two fingerprints can say where they
/// differ.
/// </remarks>
internal sealed class RunFingerprint
{
    private const int LongestText = 60;
    private const int Deepest = 8;
    private const int MostFindings = 12;
    private const int LeastEntry = 16;

    // They say nothing about what happens.
    private static readonly HashSet<string> SilentSections = ["description", "source", "experiment", "estimation"];
    private static readonly HashSet<string> SilentOptions =
        [nameof(SimulationOptions.Progress), nameof(SimulationOptions.Snapshots), nameof(SimulationOptions.MaxSteps)];

    private readonly List<FingerprintEntry> _entries = [];

    private RunFingerprint()
    {
    }

    /// <summary>Takes the fingerprint of a run.</summary>
    /// <exception cref="ModelException">The model, or an option, holds a C# delegate, which a file cannot name.</exception>
    public static RunFingerprint Of(Scenario scenario, SimulationOptions options)
    {
        var fingerprint = new RunFingerprint();
        using (var json = JsonDocument.Parse(ModelFile.Write(scenario.Model), new() { MaxDepth = 1024 }))
        {
            foreach (JsonProperty section in json.RootElement.EnumerateObject().Where(section => !SilentSections.Contains(section.Name)))
            {
                fingerprint.AddJson($"model.{section.Name}", section.Value, 1);
            }
        }

        fingerprint.AddProperties("options", options, 0);
        fingerprint.AddItems("commands", scenario.Commands, 0);
        for (int i = 0; i < scenario.Blocks.Length; i++)
        {
            (ISampledBlock block, ImmutableArray<string> from, ImmutableArray<string> to) = scenario.Blocks[i];
            string path = FormattableString.Invariant($"blocks[{i}]");
            fingerprint.AddProperties(path, block, 0);
            fingerprint.Add(path + ".from", string.Join(',', from));
            fingerprint.Add(path + ".to", string.Join(',', to));
        }

        return fingerprint;
    }

    /// <summary>Exchanges the parts with an archive.</summary>
    public static void Exchange(StateArchive archive, ref RunFingerprint fingerprint)
    {
        fingerprint = archive.IsReading ? new() : fingerprint;
        archive.Exchange(fingerprint._entries, ExchangeEntry, LeastEntry);
    }

    /// <summary>Where a run differs from the one that wrote a checkpoint.</summary>
    /// <param name="saved">The fingerprint in the checkpoint.</param>
    /// <param name="name">What messages call the checkpoint.</param>
    public ImmutableArray<Finding> Differences(RunFingerprint saved, string name)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        Dictionary<string, FingerprintEntry> there = [];
        foreach (FingerprintEntry entry in saved._entries)
        {
            there[entry.Path] = entry;
        }

        foreach (FingerprintEntry here in _entries)
        {
            if (!there.Remove(here.Path, out FingerprintEntry written))
            {
                findings.Add(Differs(name, here.Path, $"is {Quote(here.Text)} here, and was not there when the checkpoint was written"));
            }
            else if (written.Hash != here.Hash)
            {
                findings.Add(Differs(name, here.Path, $"is {Quote(here.Text)} here, and was {Quote(written.Text)} when the checkpoint was written"));
            }
        }

        foreach (FingerprintEntry written in saved._entries)
        {
            if (there.ContainsKey(written.Path))
            {
                findings.Add(Differs(name, written.Path, $"was {Quote(written.Text)} when the checkpoint was written, and is not there now"));
            }
        }

        if (findings.Count > MostFindings)
        {
            int more = findings.Count - MostFindings;
            findings.RemoveRange(MostFindings, more);
            findings.Add(new(name, FormattableString.Invariant($"{more} more differences"), "It may be the checkpoint of another model."));
        }

        return findings.ToImmutable();
    }

    private static Finding Differs(string name, string path, string what)
    {
        string mend = path.StartsWith("options", StringComparison.Ordinal)
            ? "Resume with the options of the run that wrote it, or start anew."
            : "Resume what was running, or start anew.";
        return new(name, $"{path} {what}", mend);
    }

    private static string Quote(string text) => text.Length == 0 ? "empty" : $"'{text}'";

    private static void ExchangeEntry(StateArchive archive, ref FingerprintEntry entry) =>
        entry = new(archive.Exchange(entry.Path ?? ""), archive.Exchange(entry.Text ?? ""), archive.Exchange(entry.Hash));

    private void AddJson(string path, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    if (depth != 2 || property.Name != "unit")
                    {
                        AddJson($"{path}.{property.Name}", property.Value, depth + 1);
                    }
                }

                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0 && value[0].ValueKind is JsonValueKind.Object:
                int i = 0;
                foreach (JsonElement item in value.EnumerateArray())
                {
                    AddJson(FormattableString.Invariant($"{path}[{i++}]"), item, depth + 1);
                }

                break;
            case JsonValueKind.String:
                Add(path, value.GetString()!);
                break;
            default:
                Add(path, value.GetRawText());
                break;
        }
    }

    private void AddProperties(string path, object value, int depth)
    {
        if (depth > Deepest)
        {
            throw new ModelException(path, "the settings are nested too deeply to be compared", "Use simpler settings for runs with checkpoints.");
        }

        Add(path, value.GetType().FullName!);
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (!(value is SimulationOptions && SilentOptions.Contains(property.Name)) && property.PropertyType != typeof(Solvers.ButcherTableau))
            {
                AddValue($"{path}.{property.Name}", property.GetValue(value), depth + 1);
            }
        }
    }

    private void AddValue(string path, object? value, int depth)
    {
        switch (value)
        {
            case null:
                Add(path, "none");
                break;
            case double number:
                Add(path, number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case string or Enum or bool or Expr or Condition:
                Add(path, value.ToString()!);
                break;
            case IFormattable formattable when value.GetType().IsPrimitive:
                Add(path, formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            case Delegate:
                throw new ModelException(path, "is a C# function, which a file cannot name", "Use a type with settings of its own.");
            case IDictionary map:
                foreach (string key in map.Keys.Cast<object>().Select(key => key.ToString()!).Order(StringComparer.Ordinal))
                {
                    AddValue($"{path}.{key}", map[key], depth);
                }

                break;
            case IEnumerable items:
                AddItems(path, items, depth);
                break;
            default:
                AddProperties(path, value, depth);
                break;
        }
    }

    private void AddItems(string path, IEnumerable items, int depth)
    {
        int i = 0;
        foreach (object? item in items)
        {
            AddValue(FormattableString.Invariant($"{path}[{i++}]"), item, depth + 1);
        }
    }

    private void Add(string path, string text)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        _entries.Add(new(path, text.Length > LongestText ? string.Concat(text.AsSpan(0, LongestText), "...") : text, BinaryPrimitives.ReadInt64LittleEndian(hash)));
    }
}
