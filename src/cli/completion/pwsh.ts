import { type CompletedCommand, type CompletedFlag, firstWords, secondWords, shells } from "./shape.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const list = (words: readonly string[]): string => `@(${words.map(quoted).join(", ")})`;

export function pwshCompletion(commands: readonly CompletedCommand[]): string {
  const families = firstWords(commands).filter((first) => secondWords(commands, first).length > 0);
  return `# PowerShell completion for lectern. Load it: lectern completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName lectern -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = ${list([...firstWords(commands), "--help", "--version"])}
  $families = @{
${families.map((first) => `    ${quoted(first)} = ${list(secondWords(commands, first))}`).join("\n")}
    'completion' = ${list(shells)}
  }
  $flags = @{
${commands.map((command) => `    ${quoted(command.name)} = @(\n${command.flags.map(flagRow).join("\n")}\n    )`).join("\n")}
  }
  $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($typed.Count -eq 0) { $found = $commands }
  elseif ($typed.Count -eq 1 -and $families.ContainsKey($typed[0])) { $found = $families[$typed[0]] }
  else {
    $name = $typed[0]
    if ($typed.Count -gt 1 -and $flags.ContainsKey("$($typed[0]) $($typed[1])")) { $name = "$($typed[0]) $($typed[1])" }
    $own = @($flags[$name])
    $last = $own | Where-Object { $_.Name -eq $typed[-1] } | Select-Object -First 1
    if ($last -and $last.Values) { $found = $last.Values }
    elseif ($wordToComplete -like '-*') {
      $own | Where-Object { $_.Name -like "$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_.Name, $_.Name, 'ParameterName', $_.What)
      }
      return
    }
    else { return }
  }
  $found | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

function flagRow({ name, summary, value }: CompletedFlag): string {
  const values = typeof value === "string" ? "" : `; Values = ${list(value)}`;
  return `      [pscustomobject]@{ Name = ${quoted(`--${name}`)}; What = ${quoted(summary)}${values || "; Values = $null"} }`;
}
